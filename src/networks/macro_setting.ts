// The two settings in which the paper builds networks from cells (those of DARTS), as data.

/** The images that a macro network is for. */
export type SettingName = 'cifar10' | 'imagenet';

/** The network around the cells: stem, depth, width, auxiliary head. */
export interface MacroSetting {
  readonly name: SettingName;
  /** Channels of the first cells. */
  readonly channels: number;
  /** Cells. */
  readonly layers: number;
  readonly classes: number;
  /** Height and width of the images. */
  readonly imageSize: number;
  /** What stands before the cells; see stem.ts. */
  readonly stem: 'one_conv' | 'three_convs';
  readonly auxiliaryHead: {
    /** Of its 5x5 average pooling. */
    readonly poolStride: number;
    /** Whether its second convolution is followed by a batch norm. That of ImageNet never had one, by an oversight. */
    readonly secondNorm: boolean;
  };
}

/** The networks of DARTS for CIFAR-10 and for ImageNet. */
export const MACRO_SETTINGS: Readonly<Record<SettingName, MacroSetting>> = {
  cifar10: {
    name: 'cifar10',
    channels: 36,
    layers: 20,
    classes: 10,
    imageSize: 32,
    stem: 'one_conv',
    auxiliaryHead: { poolStride: 3, secondNorm: true },
  },
  imagenet: {
    name: 'imagenet',
    channels: 48,
    layers: 14,
    classes: 1000,
    imageSize: 224,
    stem: 'three_convs',
    auxiliaryHead: { poolStride: 2, secondNorm: false },
  },
};

export const SETTING_NAMES = Object.keys(MACRO_SETTINGS) as readonly SettingName[];
