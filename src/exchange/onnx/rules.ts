// What each op is in ONNX. Ops that only train have no rule. A batch norm uses its running statistics.
import type { Tensor } from '../../core/tensor.ts';
import { conv2d } from '../../ops/conv/conv2d.ts';
import { factorizedReduceConv } from '../../ops/conv/factorized_reduce_conv.ts';
import { add } from '../../ops/elementwise/add.ts';
import { concat, listInputs } from '../../ops/elementwise/concat.ts';
import { shortcut } from '../../ops/elementwise/shortcut.ts';
import { gelu, geluTanh, relu, relu6 } from '../../ops/elementwise/unary.ts';
import { linear } from '../../ops/matmul/linear.ts';
import { batchNorm, BN_EPS } from '../../ops/norm/batch_norm.ts';
import { GN_EPS, groupNorm } from '../../ops/norm/group_norm.ts';
import { avgPool2d } from '../../ops/pool/avg_pool2d.ts';
import { globalAvgPool } from '../../ops/pool/global_avg_pool.ts';
import { maxPool2d } from '../../ops/pool/max_pool2d.ts';
import type { PoolAttrs } from '../../ops/pool/pool_geometry.ts';
import { resizeBilinear } from '../../ops/resize/resize_bilinear.ts';
import { type GraphBuilder, onnxRule, type OnnxRule } from './graph_builder.ts';

const input = (graph: GraphBuilder, x: Tensor, rectified = false): string => {
  const value = graph.value(x);
  return rectified ? graph.relu(value) : value;
};

/** The same values for all channels, or groups of them. */
const constants = (graph: GraphBuilder, channels: number, value: number): string => {
  const data = new Float32Array(channels).fill(value);
  return graph.constant(value === 0 ? 'zeros' : 'ones', { dtype: 'F32', shape: [channels], data });
};

const poolAttributes = ({ kernel, stride = kernel, padding = 0, padEnd = padding }: PoolAttrs) => ({
  kernel_shape: [kernel, kernel],
  strides: [stride, stride],
  pads: [padding, padding, padEnd, padEnd],
});

const clipTo6 = (graph: GraphBuilder, value: string): string =>
  graph.node('Clip', [value, graph.scalar(0), graph.scalar(6)]);

/** x / 2 (1 + f). */
const half = (graph: GraphBuilder, x: string, f: string): string =>
  graph.node('Mul', [graph.node('Mul', [x, graph.scalar(0.5)]), graph.node('Add', [f, graph.scalar(1)])]);

/** The ops of inference, each with its nodes. */
export const ONNX_RULES: ReadonlyMap<object, OnnxRule> = new Map([
  onnxRule(conv2d, (graph, { x, weight }, attrs) => {
    const { stride = 1, padding = 0, dilation = 1, groups = 1, relu: rectified } = attrs;
    const [padH, padW] = typeof padding === 'number' ? [padding, padding] : padding;
    return graph.node(
      'Conv',
      [input(graph, x, rectified), graph.parameter(weight)],
      {
        kernel_shape: weight.shape.slice(2),
        strides: typeof stride === 'number' ? [stride, stride] : stride,
        pads: [padH, padW, padH, padW],
        dilations: [dilation, dilation],
        group: groups,
      },
      graph.nameOf(weight),
    );
  }),

  onnxRule(factorizedReduceConv, (graph, { x, weight }, { relu: rectified }) => {
    const value = input(graph, x, rectified);
    const { parts } = graph.parameterOf(weight);
    const near = graph.nameOf(weight);
    const [oddH, oddW] = x.shape.slice(2).map((extent) => extent % 2) as [number, number];
    // An odd extent has a row or column of zeros in front, which the second convolution then begins behind.
    const begins = [1 - oddH, 1 - oddW];
    const shifted = begins.every((begin) => begin === 0)
      ? value
      : graph.node('Slice', [value, graph.whole(begins), graph.whole(x.shape.slice(2)), graph.whole([2, 3])]);
    const attributes = { kernel_shape: [1, 1], strides: [2, 2], dilations: [1, 1], group: 1 };
    const halves = [
      graph.node('Conv', [value, graph.part(parts[0]!)], { ...attributes, pads: [oddH, oddW, 0, 0] }, near),
      graph.node('Conv', [shifted, graph.part(parts[1]!)], { ...attributes, pads: [0, 0, 0, 0] }, near),
    ];
    return graph.node('Concat', halves, { axis: 1 }, near);
  }),

  onnxRule(batchNorm, (graph, { x, gamma, beta, runningMean, runningVar }, { eps = BN_EPS }) => {
    const parameters = [
      gamma ? graph.parameter(gamma) : constants(graph, x.shape[1]!, 1),
      beta ? graph.parameter(beta) : constants(graph, x.shape[1]!, 0),
      graph.parameter(runningMean!),
      graph.parameter(runningVar!),
    ];
    const inputs = [graph.value(x), ...parameters];
    return graph.node(
      'BatchNormalization',
      inputs,
      { epsilon: Math.fround(eps) },
      graph.nameOf(runningMean!),
    );
  }),

  onnxRule(add, (graph, { a, b }, { relu: rectified = false, relu6: clipped = false }) => {
    const sum = b ? graph.node('Add', [graph.value(a), graph.value(b)]) : graph.value(a);
    if (clipped) return clipTo6(graph, sum);
    return rectified ? graph.relu(sum) : sum;
  }),

  onnxRule(concat, (graph, inputs, { mask }) => {
    const parts = listInputs(inputs).map((x, i) => {
      const value = graph.value(x);
      return mask?.[i] === false ? graph.node('Sub', [value, value]) : value;
    });
    return graph.node('Concat', parts, { axis: 1 });
  }),

  onnxRule(shortcut, (graph, { x }, { channels, stride = 1 }) => {
    const [, own, h, w] = x.shape as [number, number, number, number];
    const kept = Math.min(own, channels);
    const bounds = [[0, 0, 0], [kept, h, w], [1, 2, 3], [1, stride, stride]].map((values) => graph.whole(values)); // prettier-ignore
    const sliced = graph.node('Slice', [graph.value(x), ...bounds]);
    return kept === channels
      ? sliced
      : graph.node('Pad', [sliced, graph.whole([0, 0, 0, 0, 0, channels - kept, 0, 0])]);
  }),

  onnxRule(avgPool2d, (graph, { x }, attrs) =>
    graph.node('AveragePool', [graph.value(x)], { ...poolAttributes(attrs), count_include_pad: 0 }),
  ),
  onnxRule(maxPool2d, (graph, { x }, attrs) =>
    graph.node('MaxPool', [graph.value(x)], poolAttributes(attrs)),
  ),
  onnxRule(globalAvgPool, (graph, { x }) =>
    graph.node('Flatten', [graph.node('GlobalAveragePool', [graph.value(x)])], { axis: 1 }),
  ),

  onnxRule(linear, (graph, { x, weight, bias }, { weightLayout = 'out_in' }) => {
    const inputs = [graph.value(x), graph.parameter(weight), ...(bias ? [graph.value(bias)] : [])];
    return graph.node('Gemm', inputs, { transB: Number(weightLayout === 'out_in') }, graph.nameOf(weight));
  }),

  // this version of the operators has neither GELU nor group norm
  onnxRule(gelu, (graph, { x }) => {
    const value = graph.value(x);
    return half(graph, value, graph.node('Erf', [graph.node('Mul', [value, graph.scalar(Math.SQRT2 / 2)])]));
  }),
  onnxRule(geluTanh, (graph, { x }) => {
    const value = graph.value(x);
    const cube = graph.node('Mul', [value, graph.node('Mul', [value, value])]);
    const sum = graph.node('Add', [value, graph.node('Mul', [cube, graph.scalar(0.044715)])]);
    const scaled = graph.node('Mul', [sum, graph.scalar(Math.sqrt(2 / Math.PI))]);
    return half(graph, value, graph.node('Tanh', [scaled]));
  }),
  onnxRule(groupNorm, (graph, { x, gamma, beta }, { groups, eps = GN_EPS }) => {
    const grouped = graph.node('Reshape', [graph.value(x), graph.whole([0, groups, -1])]);
    const [ones, zeros] = [constants(graph, groups, 1), constants(graph, groups, 0)];
    const normal = graph.node('InstanceNormalization', [grouped, ones, zeros], { epsilon: Math.fround(eps) });
    const images = graph.node('Reshape', [normal, graph.whole([0, ...x.shape.slice(1)])]);
    const [scale, shift] = [gamma, beta].map((parameter) =>
      graph.node('Unsqueeze', [graph.parameter(parameter), graph.whole([1, 2])]),
    ) as [string, string];
    return graph.node('Add', [graph.node('Mul', [images, scale]), shift], {}, graph.nameOf(gamma));
  }),
  onnxRule(resizeBilinear, (graph, { x }, _, output) =>
    graph.node('Resize', [graph.value(x), '', '', graph.shapeOf(output)], {
      mode: 'linear',
      coordinate_transformation_mode: 'half_pixel',
    }),
  ),

  onnxRule(relu, (graph, { x }) => graph.relu(graph.value(x))),
  onnxRule(relu6, (graph, { x }) => clipTo6(graph, graph.value(x))),
]);
