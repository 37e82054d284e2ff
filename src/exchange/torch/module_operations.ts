// The Python of a cell's operations, by their kind: only those that a genotype names are written.
import { UserError } from '../../../runtime/errors.ts';
import { type Primitive, type PrimitiveKind, specOf } from '../../arch/primitives.ts';

/** Classes and functions that operations are made of, in the order in which they are written. */
const PARTS = {
  relu_conv_norm: `class ReLUConvBN(nn.Module):
    def __init__(self, c_in, c_out, kernel, stride=1):
        super().__init__()
        self.op = nn.Sequential(
            nn.ReLU(),
            nn.Conv2d(c_in, c_out, kernel, stride, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(c_out),
        )

    def forward(self, x):
        return self.op(x)
`,
  factorized_reduce: `class FactorizedReduce(nn.Module):
    """Halves the image: two 1x1 convolutions of stride 2, the second shifted by one pixel."""

    def __init__(self, c_in, c_out):
        super().__init__()
        self.conv_1 = nn.Conv2d(c_in, c_out // 2, 1, stride=2, bias=False)
        self.conv_2 = nn.Conv2d(c_in, c_out // 2, 1, stride=2, bias=False)
        self.bn = nn.BatchNorm2d(c_out)

    def forward(self, x):
        x = F.relu(x)
        odd_h, odd_w = x.shape[2] % 2, x.shape[3] % 2
        if odd_h or odd_w:
            x = F.pad(x, (odd_w, 0, odd_h, 0))
        return self.bn(torch.cat([self.conv_1(x), self.conv_2(x[:, :, 1:, 1:])], dim=1))
`,
  sep_conv: `class SepConv(nn.Module):
    """Depthwise and 1x1 convolution, twice."""

    def __init__(self, c, kernel, stride):
        super().__init__()

        def half(stride):
            depthwise = nn.Conv2d(c, c, kernel, stride, padding=kernel // 2, groups=c, bias=False)
            return nn.ReLU(), depthwise, nn.Conv2d(c, c, 1, bias=False), nn.BatchNorm2d(c)

        self.op = nn.Sequential(*half(stride), *half(1))

    def forward(self, x):
        return self.op(x)
`,
  dil_conv: `class DilConv(nn.Module):
    """Depthwise convolution of dilation 2, and a 1x1 convolution."""

    def __init__(self, c, kernel, stride):
        super().__init__()
        self.op = nn.Sequential(
            nn.ReLU(),
            nn.Conv2d(c, c, kernel, stride, padding=kernel - 1, dilation=2, groups=c, bias=False),
            nn.Conv2d(c, c, 1, bias=False),
            nn.BatchNorm2d(c),
        )

    def forward(self, x):
        return self.op(x)
`,
  factorized_conv: `class FactorizedConv(nn.Module):
    """1xK, then Kx1."""

    def __init__(self, c, kernel, stride):
        super().__init__()
        self.op = nn.Sequential(
            nn.ReLU(),
            nn.Conv2d(c, c, (1, kernel), (1, stride), padding=(0, kernel // 2), bias=False),
            nn.Conv2d(c, c, (kernel, 1), (stride, 1), padding=(kernel // 2, 0), bias=False),
            nn.BatchNorm2d(c),
        )

    def forward(self, x):
        return self.op(x)
`,
  even_pool: `class EvenPool(nn.Module):
    """Pooling over windows of even size, whose odd row and column of padding is at the bottom and right."""

    def __init__(self, kind, kernel, stride):
        super().__init__()
        self.kind, self.kernel, self.stride = kind, kernel, stride

    def forward(self, x):
        before, after = (self.kernel - 1) // 2, self.kernel // 2
        padding = (before, after, before, after)
        if self.kind == "max":
            return F.max_pool2d(F.pad(x, padding, value=float("-inf")), self.kernel, self.stride)
        pixels = F.pad(torch.ones_like(x[:1, :1]), padding)
        return F.avg_pool2d(F.pad(x, padding), self.kernel, self.stride) / F.avg_pool2d(
            pixels, self.kernel, self.stride
        )
`,
} as const;

type Part = keyof typeof PARTS;

const evenPool = (kernel: number): readonly Part[] => (kernel % 2 === 0 ? ['even_pool'] : []);

/** What an operation needs, and the expression that makes it of \`c\` channels and \`stride\`. */
const OPERATIONS: Readonly<
  Record<
    Exclude<PrimitiveKind, 'own'>,
    { parts(kernel: number): readonly Part[]; make(kernel: number): string }
  >
> = {
  max_pool: {
    parts: evenPool,
    make: (k) =>
      k % 2 === 0 ? `EvenPool("max", ${k}, stride)` : `nn.MaxPool2d(${k}, stride, padding=${k >> 1})`,
  },
  avg_pool: {
    parts: evenPool,
    make: (k) =>
      k % 2 === 0
        ? `EvenPool("avg", ${k}, stride)`
        : `nn.AvgPool2d(${k}, stride, padding=${k >> 1}, count_include_pad=False)`,
  },
  skip_connect: { parts: () => [], make: () => 'nn.Identity() if stride == 1 else FactorizedReduce(c, c)' },
  sep_conv: { parts: () => ['sep_conv'], make: (k) => `SepConv(c, ${k}, stride)` },
  dil_conv: { parts: () => ['dil_conv'], make: (k) => `DilConv(c, ${k}, stride)` },
  conv: { parts: () => [], make: (k) => `ReLUConvBN(c, c, ${k}, stride)` },
  factorized_conv: { parts: () => ['factorized_conv'], make: (k) => `FactorizedConv(c, ${k}, stride)` },
  null: { parts: () => [], make: () => 'None' },
};

/** The classes of the operations, and the table that makes each by its name. */
export function operationsText(operations: Iterable<Primitive>): string {
  const used = [...new Set(operations)].sort();
  const wanted = new Set<Part>(['relu_conv_norm', 'factorized_reduce']);
  const rows = used.map((op) => {
    const { kind, kernel } = specOf(op);
    if (kind === 'own')
      throw new UserError(`operation ${op} is a program's own; there is no PyTorch module of it`);
    for (const part of OPERATIONS[kind].parts(kernel)) wanted.add(part);
    return `    "${op}": lambda c, stride: ${OPERATIONS[kind].make(kernel)},\n`;
  });
  const classes = (Object.keys(PARTS) as Part[])
    .filter((part) => wanted.has(part))
    .map((part) => PARTS[part]);
  return `${classes.join('\n\n')}\n\n# By name, of c channels; None adds nothing.\nOPERATIONS = {\n${rows.join('')}}\n`;
}
