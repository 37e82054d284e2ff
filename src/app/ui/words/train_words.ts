// The settings of a training from scratch in words.
import type { TRAIN_SETTINGS } from '../../../train/config.ts';
import type { SettingGroup, SettingWords } from './setting_words.ts';

type Name = keyof typeof TRAIN_SETTINGS;

const DARTS = 'Liu et al., DARTS, section 3.2';
const RESNET = 'He et al., ResNet, section 4.2';

export const TRAIN_WORDS: Readonly<Record<Name, SettingWords>> = {
  seed: {
    label: 'Seed',
    explanation:
      'Where the random numbers begin. The same seed on the same kind of adapter gives the same bits.',
  },
  channels: {
    label: 'Channels',
    unit: 'channels',
    explanation: 'Width of the first cells. 0: that of the network itself.',
    source: `${DARTS}: 36`,
  },
  layers: {
    label: 'Cells',
    unit: 'cells',
    explanation: 'One behind the other. 0: as many as the network has.',
    source: `${DARTS}: 20`,
  },
  imageSize: {
    label: 'Image size',
    unit: 'pixels',
    explanation: 'Height and width to which images are scaled. 0: as they are.',
  },
  batch: {
    label: 'Batch',
    unit: 'images',
    explanation: 'Images of one step.',
    source: `${DARTS}: 96; ${RESNET}: 128`,
  },
  epochs: {
    label: 'Epochs',
    unit: 'passes',
    explanation: 'Passes over the training images. Time grows in proportion.',
    source: `${DARTS}: 600; ${RESNET}: 164`,
  },
  maxSteps: {
    label: 'Steps at most',
    unit: 'steps an epoch',
    explanation: 'Ends an epoch early, for a quick look. 0: all images.',
  },
  lr: {
    label: 'Learning rate at first',
    explanation: 'How far a step moves the weights.',
    source: `${DARTS}: 0.025; ${RESNET}: 0.1`,
  },
  schedule: {
    label: 'How it falls',
    explanation:
      'cosine: smoothly, along half a cosine. step: by a factor every few epochs. drops: by a factor at half and at three ' +
      'quarters of the epochs.',
    source: `${DARTS}: cosine; ${RESNET}: drops`,
  },
  lrMin: { label: 'Learning rate at last', explanation: 'For cosine.' },
  decay: { label: 'Factor of a fall', explanation: 'For step and drops.', source: `${RESNET}: 0.1` },
  decayEvery: { label: 'Falls every', unit: 'epochs', explanation: 'For step.' },
  momentum: { label: 'Momentum', explanation: 'Share of the last update that goes into the next.' },
  weightDecay: { label: 'Weight decay', explanation: 'Pulls the weights towards zero.' },
  clip: {
    label: 'Longest gradient',
    explanation: 'Longer ones are shortened to it. 0: never.',
    source: `${DARTS}: 5`,
  },
  auxiliary: {
    label: 'Weight of the second output',
    explanation:
      'A second classifier in the middle of the network helps its front to learn. 0: there is none.',
    source: `${DARTS}: 0.4`,
  },
  dropPath: {
    label: 'Dropped paths',
    unit: 'probability',
    explanation: 'Operations are left out at random, more and more often up to this.',
    source: `${DARTS}: 0.2`,
  },
  cutout: {
    label: 'Cut-out square',
    unit: 'pixels',
    explanation: 'A square of this edge is blanked in every training image. 0: none.',
    source: `${DARTS}: 16`,
  },
  labelSmoothing: { label: 'Label smoothing', unit: 'share', explanation: 'Spread over all classes.' },
  colorJitter: { label: 'Colour changes', unit: 'share', explanation: 'For ImageNet alone.' },
  evalEvery: { label: 'Test every', unit: 'epochs', explanation: 'Accuracy on the test images.' },
  logEvery: {
    label: 'Record every',
    unit: 'steps',
    explanation: 'Points of the curves: each is the average over as many steps.',
  },
  onDamaged: {
    label: 'Damaged images',
    explanation: 'fail: they end the training. skip: they are left out.',
  },
};

export const TRAIN_GROUPS: readonly SettingGroup<Name>[] = [
  {
    title: 'Length',
    explanation: 'How much is done.',
    names: ['epochs', 'batch', 'maxSteps', 'evalEvery', 'logEvery', 'seed'],
  },
  { title: 'Network', explanation: 'How large it is.', names: ['channels', 'layers', 'imageSize'] },
  {
    title: 'Learning',
    explanation: 'Stochastic gradient descent.',
    names: ['lr', 'schedule', 'lrMin', 'decay', 'decayEvery', 'momentum', 'weightDecay', 'clip', 'auxiliary'],
  },
  {
    title: 'Against learning by heart',
    explanation: 'What makes training images harder.',
    names: ['dropPath', 'cutout', 'labelSmoothing'],
  },
];
