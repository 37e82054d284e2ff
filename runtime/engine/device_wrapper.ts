// A device that hands every call on to another one: for those that change some of them.
import type { AdapterInfo, AdapterKind } from './adapter_info.ts';
import type {
  Buffer,
  Command,
  Counters,
  Device,
  EngineLimits,
  KernelCall,
  KernelVariant,
  NumericsCheck,
  Region,
  Span,
} from './engine.ts';

export class DeviceWrapper implements Device {
  readonly kind: AdapterKind;
  readonly limits: EngineLimits;
  readonly info: AdapterInfo;
  readonly counters: Counters;

  constructor(protected readonly device: Device) {
    ({ kind: this.kind, limits: this.limits, info: this.info, counters: this.counters } = device);
  }

  get numerics(): NumericsCheck | undefined {
    return this.device.numerics;
  }

  get buffers(): readonly Buffer[] {
    return this.device.buffers;
  }

  get observer(): Device['observer'] {
    return this.device.observer;
  }

  set observer(observer: Device['observer']) {
    this.device.observer = observer;
  }

  createBuffer(label: string, bytes: number, part?: string): Buffer {
    return this.device.createBuffer(label, bytes, part);
  }

  record(call: KernelCall): Command {
    return this.device.record(call);
  }

  recordClear(region: Region): Command {
    return this.device.recordClear(region);
  }

  write(region: Region, data: ArrayBufferView<ArrayBuffer>): void {
    this.device.write(region, data);
  }

  submit(...lists: readonly (readonly Command[])[]): void {
    this.device.submit(...lists);
  }

  read(...regions: readonly Region[]): Promise<Uint8Array<ArrayBuffer>[]> {
    return this.device.read(...regions);
  }

  compile(wanted: Iterable<KernelVariant>, first?: ReadonlySet<KernelVariant>): Promise<void> {
    return this.device.compile(wanted, first);
  }

  reserveReadback(bytes: number): void {
    this.device.reserveReadback(bytes);
  }

  idle(): Promise<void> {
    return this.device.idle();
  }

  gpuSpans(work: () => Promise<void>): Promise<readonly Span[] | null> {
    return this.device.gpuSpans(work);
  }

  check(): void {
    this.device.check();
  }

  free(...buffers: readonly Buffer[]): void {
    this.device.free(...buffers);
  }

  destroy(): void {
    this.device.destroy();
  }

  [Symbol.dispose](): void {
    this.destroy();
  }
}
