// What the decoding threads run: reads an image file and prepares it.
import { nodePlatform } from '../../runtime/host/node/platform_node.ts';
import { answerJobs } from '../../runtime/host/node/worker_side.ts';
import { type ImageJob, type PreparedImage, prepareImage } from '../data/prepare_image.ts';

const { files } = nodePlatform();

async function work(job: ImageJob): Promise<PreparedImage> {
  let bytes;
  try {
    bytes = job.bytes ?? (await files.readBytes(job.path));
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code === undefined) throw error;
    return { damaged: `it cannot be read (${code})` };
  }
  return prepareImage(bytes, job);
}

answerJobs(work, (image) => ('pixels' in image ? [image.pixels.buffer] : []));
