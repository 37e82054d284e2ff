// An engine for one piece of work.
import type { Device } from '../../runtime/engine/engine.ts';
import { DeviceLostError } from '../../runtime/errors.ts';

/** How often a device that is lost is opened again. */
const REOPENINGS = 3;

/**
 * Does the work and destroys the engine, however the work ends. Work that loses its device is done again on another.
 * @param work `again` says that it went wrong before: whatever it saved is there
 * @param note hears of a loss that is not the last
 */
export async function withEngine<T>(
  open: () => Promise<Device>,
  work: (engine: Device, again: boolean) => Promise<T>,
  note: (line: string) => void = () => {},
): Promise<T> {
  for (let losses = 0; ; losses++) {
    const engine = await open();
    try {
      return await work(engine, losses > 0);
    } catch (error) {
      if (!(error instanceof DeviceLostError) || losses === REOPENINGS) throw error;
      note(`${error.message}; going on with the device opened again`);
    } finally {
      engine.destroy();
    }
  }
}
