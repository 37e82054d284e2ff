// Parameters and multiply-adds as Tables 1 and 2 of the paper print them (Guo et al., "NAT: Neural Architecture
// Transformer for Accurate and Compact Architectures", NeurIPS 2019), in millions, and the network of ours that each
// row stands for. A note says why a figure cannot be derived from the architecture that was published.
import type { SettingName } from './macro_setting.ts';

/** What a row's architecture is the work of: its authors, NAO or NAT. */
export type Method = '/' | 'NAO' | 'NAT';

export interface PublishedRow {
  readonly table: 1 | 2;
  readonly setting: SettingName;
  readonly model: string;
  readonly method: Method;
  /** Millions, as printed; null where the paper has none. */
  readonly params: string;
  readonly madds: string | null;
  /** The name of the architecture and, for cell networks, sizes other than the setting's; null where none was published. */
  readonly ours: { readonly arch: string; readonly channels?: number; readonly layers?: number } | null;
  readonly note: string | null;
}

type Ours = PublishedRow['ours'];

const UNPUBLISHED = 'the architecture was not published';
const FREE_SKIPS =
  'how a skip connection bridges nodes of different shapes there is not published; here it costs nothing';
const STANDARD = 'the published multiply-adds are not those of the standard network';
const OWN_MACRO = "the authors' network around the cells differs; counted here in DARTS'";

const row =
  (table: 1 | 2, setting: SettingName) =>
  (
    model: string,
    method: Method,
    params: string,
    madds: string | null,
    ours: Ours | string,
    note: string | null = null,
  ): PublishedRow => ({
    ...{ table, setting, model, method, params, madds },
    ours: typeof ours === 'string' ? { arch: ours } : ours,
    note: ours === null ? (note ?? UNPUBLISHED) : note,
  });

const hand = row(1, 'cifar10');
const handImageNet = row(1, 'imagenet');
const nas = row(2, 'cifar10');
const nasImageNet = row(2, 'imagenet');

const ENAS_CIFAR10 = 'no channels and cells of the published cell give both figures (38 and 24 come nearest)';
const NAONET_CIFAR10 =
  'the published cell gives neither figure at the 128 channels and 20 cells of its authors';
const NAONET_IMAGENET = 'parameters agree; the published multiply-adds are about a tenth above the count';
const narrow = { channels: 42 };

export const PUBLISHED: readonly PublishedRow[] = [
  hand('VGG16', '/', '15.2', '313', 'VGG16'),
  hand('VGG16', 'NAO', '19.5', '548', null),
  hand('VGG16', 'NAT', '15.2', '315', 'NAT_VGG16', FREE_SKIPS),
  hand('ResNet20', '/', '0.3', '41', 'ResNet20'),
  hand('ResNet20', 'NAO', '0.4', '61', null),
  hand('ResNet20', 'NAT', '0.3', '42', 'NAT_ResNet20', FREE_SKIPS),
  hand(
    'ResNet56',
    '/',
    '0.9',
    '127',
    'ResNet56',
    "the paper's shortcuts are not known; identities counted here",
  ),
  hand('ResNet56', 'NAO', '1.3', '199', null),
  hand('ResNet56', 'NAT', '0.9', '129', 'NAT_ResNet56', FREE_SKIPS),
  hand('MobileNetV2', '/', '2.3', '91', 'MobileNetV2'),
  hand('MobileNetV2', 'NAO', '2.9', '131', null),
  hand('MobileNetV2', 'NAT', '2.3', '92', 'NAT_MobileNetV2', FREE_SKIPS),
  handImageNet('VGG16', '/', '138.4', '15620', 'VGG16', STANDARD),
  handImageNet('VGG16', 'NAO', '147.7', '18896', null),
  handImageNet('VGG16', 'NAT', '138.4', '15693', 'NAT_VGG16', FREE_SKIPS),
  handImageNet('ResNet18', '/', '11.7', '1580', 'ResNet18', STANDARD),
  handImageNet('ResNet18', 'NAO', '17.9', '2246', null),
  handImageNet('ResNet18', 'NAT', '11.7', '1588', 'NAT_ResNet18', FREE_SKIPS),
  handImageNet('ResNet50', '/', '25.6', '3530', 'ResNet50', STANDARD),
  handImageNet('ResNet50', 'NAO', '34.8', '4505', null),
  handImageNet('ResNet50', 'NAT', '25.6', '3547', 'NAT_ResNet50', FREE_SKIPS),
  handImageNet(
    'MobileNetV2',
    '/',
    '3.4',
    '300',
    'MobileNetV2',
    "the MobileNetV2 paper's own roundings of 3.5 and 299.5",
  ),
  handImageNet('MobileNetV2', 'NAO', '4.5', '513', null),
  handImageNet('MobileNetV2', 'NAT', '3.4', '302', 'NAT_MobileNetV2', FREE_SKIPS),

  nas('AmoebaNet', '/', '3.2', null, 'AmoebaNet_A', OWN_MACRO),
  nas('PNAS', '/', '3.2', null, 'PNASNet_5', OWN_MACRO),
  nas(
    'SNAS',
    '/',
    '2.9',
    null,
    'SNAS_moderate',
    'a figure copied from the SNAS paper; its mild cell has 2.7',
  ),
  nas('GHN', '/', '5.7', null, null),
  nas('ENAS', '/', '4.6', '804', 'ENAS', ENAS_CIFAR10),
  nas('ENAS', 'NAO', '4.5', '763', null),
  nas('ENAS', 'NAT', '4.6', '804', 'NAT_ENAS', ENAS_CIFAR10),
  nas('DARTS', '/', '3.3', '528', 'DARTS'),
  nas('DARTS', 'NAO', '3.5', '577', null),
  nas('DARTS', 'NAT', '2.7', '424', 'NAT_DARTS'),
  nas('NAONet', '/', '128', '66016', { arch: 'NAONet', channels: 128 }, NAONET_CIFAR10),
  nas('NAONet', 'NAO', '143', '73705', null),
  nas('NAONet', 'NAT', '113', '58326', { arch: 'NAT_NAONet', channels: 128 }, NAONET_CIFAR10),
  nasImageNet('AmoebaNet', '/', '5.1', '555', { arch: 'AmoebaNet_A', channels: 50 }, OWN_MACRO),
  nasImageNet('PNAS', '/', '5.1', '588', { arch: 'PNASNet_5', channels: 54, layers: 9 }, OWN_MACRO),
  nasImageNet(
    'SNAS',
    '/',
    '4.3',
    '522',
    'SNAS_moderate',
    'parameters agree; a figure copied from the SNAS paper',
  ),
  nasImageNet('GHN', '/', '6.1', '569', null),
  nasImageNet('ENAS', '/', '5.6', '607', 'ENAS'),
  nasImageNet('ENAS', 'NAO', '5.5', '589', null),
  nasImageNet('ENAS', 'NAT', '5.6', '607', 'NAT_ENAS'),
  nasImageNet('DARTS', '/', '4.7', '574', 'DARTS', "574 is the DARTS paper's own figure, counted otherwise"),
  nasImageNet('DARTS', 'NAO', '5.1', '627', null),
  nasImageNet('DARTS', 'NAT', '4.0', '441', 'NAT_DARTS'),
  nasImageNet('NAONet', '/', '11.35', '1360', { arch: 'NAONet', ...narrow }, NAONET_IMAGENET),
  nasImageNet('NAONet', 'NAO', '11.83', '1417', null),
  nasImageNet('NAONet', 'NAT', '8.36', '1025', { arch: 'NAT_NAONet', ...narrow }, NAONET_IMAGENET),
];
