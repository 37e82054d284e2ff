// The words of the field that the page uses, each explained where it stands.

export const TERMS = {
  supernet:
    'One network that holds every operation that a cell could have, with weights that all architectures share. It is ' +
    'trained once, so that architectures can be compared without training each of them.',
  policy:
    'A small network that looks at a cell and gives each of its operations a probability of being kept, replaced by a ' +
    'skip connection, or removed.',
  cell:
    'A small graph of operations. A network repeats two of them: the normal cell keeps the size of the image, the ' +
    'reduction cell halves it.',
  node: 'A point of the graph where two edges meet: their results are added up.',
  edge: 'One operation of a cell, from the node that it reads to the node that it feeds.',
  skip: 'Skip connection: the input is passed on as it is, which costs almost nothing.',
  null: 'Null: the operation is removed, nothing is passed on.',
  loss: 'Cross-entropy of the predicted classes, in nats; 2.30 is guessing among ten classes. Lower is better.',
  accuracy:
    'Share of images whose most probable class is the right one. Guessing among ten classes reaches 10 %.',
  reward:
    'What the policy is trained to increase: accuracy after its transformation minus accuracy before it, both with the ' +
    'shared weights, as a share of the images.',
  entropy:
    'How undecided the policy is, in nats, summed over all edges of both cells. High at first, when every action is ' +
    'equally likely, and falling as it makes up its mind.',
  parameters: 'Learned numbers of the network: weights, scales and biases.',
  madds:
    'Multiply-adds: multiplications with an addition that the network needs for one image of 32 by 32 pixels, the usual ' +
    'measure of what it costs to run.',
  step: 'One update of the weights from one batch of images.',
  epoch: 'One pass over all training images.',
  preset: 'A set of settings to start from. Whatever you change is shown, and can be set back.',
  digest:
    'A fingerprint (SHA-256) of every number that was recorded. Two runs with the same settings on the same kind of ' +
    'adapter have the same digest: the results are equal to the last bit.',
  adapter: 'The graphics processor that the browser computes on, or a program that stands in for one.',
  feature: 'What this adapter can do beyond the basics of WebGPU. None of it is required.',
  opfs: "The browser's private file system of this site. Files in it outlast the page and never leave this computer.",
  oracle:
    'The best of all transformations of this cell, known because every cell of the table has been trained.',
  random: 'What to expect of transformations drawn blindly, each allowed one equally likely.',
  landscape: 'All 15,625 cells of NAS-Bench-201, from the worst to the best.',
  roofline:
    'The most that arithmetic and memory of this adapter allow. A kernel near its roof cannot become much faster.',
  pipelines: 'Compiled GPU programs.',
  confusion:
    'For the images of each class, which classes the network says. A perfect network fills the diagonal only.',
} as const satisfies Record<string, string>;

/** A word that the page explains. */
export type Term = keyof typeof TERMS;
