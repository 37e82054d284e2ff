// The network of a genotype as one Python file for PyTorch: readable, with nothing but torch beneath it, its parameters
// under the same names as here, and a loader for our weight files.
import { UserError } from '../../../runtime/errors.ts';
import { CELL_KINDS, type Cell, type Genotype } from '../../arch/genotype.ts';
import { MACRO_SETTINGS, type MacroSetting, type SettingName } from '../../networks/macro_setting.ts';
import { operationsText } from './module_operations.ts';

/** A network of cells and its sizes. */
export interface TorchModuleOptions {
  readonly genotype: Genotype;
  /** Which stem and which auxiliary head; those of CIFAR-10 unless given. */
  readonly setting?: SettingName;
  readonly channels: number;
  readonly layers: number;
  readonly classes: number;
  /** Of the images: 3, or 1 for grey ones. */
  readonly imageChannels?: number;
}

/** The text of the Python file. Throws UserError for a name that no Python text could hold. */
export function torchModule({
  genotype,
  setting = 'cifar10',
  imageChannels = 3,
  ...sizes
}: TorchModuleOptions): string {
  const name = genotype.name ?? 'genotype';
  if (/["\\\n\r]/.test(name))
    throw new UserError(`got the name ${JSON.stringify(name)}, expected one without quotes`);
  const macro = MACRO_SETTINGS[setting];
  const operations = CELL_KINDS.flatMap((kind) => genotype[kind].map(([op]) => op));
  return `"""The network of ${name} in PyTorch, written by nat-webgpu.

    network = Network()
    load_weights(network, "weights.safetensors")
    network.eval()
    logits = network(images)  # (N,${imageChannels},H,W), normalised as in training
"""

import json
import struct

import torch
import torch.nn.functional as F
from torch import nn

# Edges (operation, from, to); node 0 is the output of the cell before the last, node 1 of the last.
NORMAL = ${edges(genotype.normal)}
NORMAL_CONCAT = [${genotype.normalConcat.join(', ')}]
REDUCE = ${edges(genotype.reduce)}
REDUCE_CONCAT = [${genotype.reduceConcat.join(', ')}]


${operationsText(operations)}

def drop_path(x, probability):
    """Drops the path for whole images, and scales it up for the others."""
    keep = torch.empty(x.shape[0], 1, 1, 1, device=x.device, dtype=x.dtype).bernoulli_(1 - probability)
    return x * keep / (1 - probability)


class Cell(nn.Module):
    def __init__(self, edges, concat, c_before, c_last, c, reduction, reduce_first):
        super().__init__()
        self.edges, self.concat, self.reduction = edges, concat, reduction
        self.preprocess0 = FactorizedReduce(c_before, c) if reduce_first else ReLUConvBN(c_before, c, 1)
        self.preprocess1 = ReLUConvBN(c_last, c, 1)
        self._ops = nn.ModuleList()
        for op, source, _ in edges:
            stride = 2 if reduction and source < 2 else 1
            self._ops.append(OPERATIONS[op](c, stride) or nn.Identity())

    def forward(self, before, last, drop_path_probability):
        nodes = [self.preprocess0(before), self.preprocess1(last)]
        for first in range(0, len(self.edges), 2):
            terms = []
            for (op, source, _), operation in zip(self.edges[first : first + 2], self._ops[first : first + 2]):
                if op == "null":
                    continue
                term = operation(nodes[source])
                if self.training and drop_path_probability > 0 and not isinstance(operation, nn.Identity):
                    term = drop_path(term, drop_path_probability)
                terms.append(term)
            nodes.append(sum(terms) if terms else self.zeros(nodes[0]))
        return torch.cat([nodes[node] for node in self.concat], dim=1)

    def zeros(self, x):
        """A node that no operation leads to."""
        return torch.zeros_like(x[:, :, ::2, ::2] if self.reduction else x)


${auxiliaryHead(macro)}

class Network(nn.Module):
    def __init__(self, channels=${sizes.channels}, layers=${sizes.layers}, classes=${sizes.classes}, auxiliary=False):
        super().__init__()
        self.drop_path_probability = 0.0  # in training
${stem(macro, imageChannels)}        self.cells = nn.ModuleList()
        reductions = (layers // 3, 2 * layers // 3)
        self.auxiliary_after, self.auxiliary_head = reductions[1], None
        c, reduce_first = channels, ${macro.stem === 'three_convs' ? 'True' : 'False'}
        for i in range(layers):
            reduction = i in reductions
            if reduction:
                c *= 2
            edges, concat = (REDUCE, REDUCE_CONCAT) if reduction else (NORMAL, NORMAL_CONCAT)
            self.cells.append(Cell(edges, concat, c_before, c_last, c, reduction, reduce_first))
            c_before, c_last, reduce_first = c_last, c * len(concat), reduction
            if i == self.auxiliary_after and auxiliary:
                self.auxiliary_head = AuxiliaryHead(c_last, classes)
        self.classifier = nn.Linear(c_last, classes)

    def forward(self, images):
        """Logits; in training with an auxiliary head, also its logits."""
        auxiliary = None
${stemForward(macro)}        for i, cell in enumerate(self.cells):
            before, last = last, cell(before, last, self.drop_path_probability)
            if i == self.auxiliary_after and self.auxiliary_head is not None and self.training:
                auxiliary = self.auxiliary_head(last)
        logits = self.classifier(last.mean(dim=(2, 3)))
        return logits if auxiliary is None else (logits, auxiliary)


def load_weights(network, path):
    """Loads a safetensors file of nat-webgpu: weights.safetensors or best.safetensors of a run folder."""
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = bytearray(file.read())
    state = {}
    for name, entry in header.items():
        if name == "__metadata__" or (name.startswith("auxiliary_head.") and network.auxiliary_head is None):
            continue
        begin, end = entry["data_offsets"]
        state[name] = torch.frombuffer(data[begin:end], dtype=torch.float32).reshape(entry["shape"])
    network.load_state_dict(state)
`;
}

function edges(cell: Cell): string {
  const texts = cell.map(([op, from, to]) => `("${op}", ${from}, ${to})`);
  const lines = texts.flatMap((text, i) => (i % 2 === 0 ? [`    ${text}, ${texts[i + 1]},\n`] : []));
  return `[\n${lines.join('')}]`;
}

function stem({ stem: kind }: MacroSetting, inputs: number): string {
  if (kind === 'one_conv') {
    return `        self.stem = nn.Sequential(
            nn.Conv2d(${inputs}, 3 * channels, 3, padding=1, bias=False), nn.BatchNorm2d(3 * channels)
        )
        c_before = c_last = 3 * channels
`;
  }
  return `        self.stem0 = nn.Sequential(
            nn.Conv2d(${inputs}, channels // 2, 3, 2, padding=1, bias=False),
            nn.BatchNorm2d(channels // 2),
            nn.ReLU(),
            nn.Conv2d(channels // 2, channels, 3, 2, padding=1, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.stem1 = nn.Sequential(
            nn.ReLU(), nn.Conv2d(channels, channels, 3, 2, padding=1, bias=False), nn.BatchNorm2d(channels)
        )
        c_before = c_last = channels
`;
}

const stemForward = ({ stem: kind }: MacroSetting): string =>
  kind === 'one_conv'
    ? `        before = last = self.stem(images)
`
    : `        before = self.stem0(images)
        last = self.stem1(before)
`;

const auxiliaryHead = ({ auxiliaryHead: { poolStride, secondNorm } }: MacroSetting): string =>
  `class AuxiliaryHead(nn.Module):
    """A second classifier, which helps training."""

    def __init__(self, c, classes):
        super().__init__()
        self.features = nn.Sequential(
            nn.ReLU(),
            nn.AvgPool2d(5, stride=${poolStride}),
            nn.Conv2d(c, 128, 1, bias=False),
            nn.BatchNorm2d(128),
            nn.ReLU(),
            nn.Conv2d(128, 768, 2, bias=False),
${secondNorm ? '            nn.BatchNorm2d(768),\n' : ''}            nn.ReLU(),
        )
        self.classifier = nn.Linear(768, classes)

    def forward(self, x):
        return self.classifier(self.features(x).flatten(1))
`;
