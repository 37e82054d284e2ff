// A network of one's own becomes an ONNX model, which ONNX Runtime and others run; its weights come back from the model. A
// cell of the zoo is printed as DARTS writes it.

import { conv, dense, globalPool, norm, relu, sequence } from 'nat-webgpu/engine';
import {
  exportOnnx,
  exportParameters,
  hostPlatform,
  importOnnx,
  network,
  openEngine,
  openModel,
} from 'nat-webgpu/engine';
import { requireCell, writeGenotype } from 'nat-webgpu/zoo';

const small = network(
  [3, 32, 32],
  sequence(conv(16), norm(), relu(), conv(32), relu(), globalPool(), dense(10)),
);

const engine = await openEngine();
const model = openModel({ engine, network: small, seed: 1 });
const tensors = {
  ...(await exportParameters(engine, model.network.weights)),
  ...(await exportParameters(engine, model.network.statistics)),
};
const bytes = exportOnnx(model.network, tensors, { name: 'small' });
const { files } = await hostPlatform();
await files.writeAtomic('network.onnx', bytes);
console.log(`network.onnx: ${bytes.length} bytes, opset 17`);

const back = importOnnx(small(), bytes, 'network.onnx');
const names = Object.keys(tensors);
const same = names.filter((name) => tensors[name].data.every((value, i) => value === back[name].data[i]));
console.log(`weights that came back as they were: ${same.length} of ${names.length}`);

console.log(writeGenotype(requireCell('DARTS'), 'darts'));
engine.destroy();
