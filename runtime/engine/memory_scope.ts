// Memory with an end: what is made on a scope is given back together.
import { DeviceWrapper } from './device_wrapper.ts';
import type { Buffer, Device } from './engine.ts';

class MemoryScope extends DeviceWrapper {
  private readonly own = new Set<Buffer>();

  override get buffers(): readonly Buffer[] {
    return [...this.own];
  }

  override createBuffer(label: string, bytes: number, part?: string): Buffer {
    const buffer = super.createBuffer(label, bytes, part);
    this.own.add(buffer);
    return buffer;
  }

  override free(...buffers: readonly Buffer[]): void {
    for (const buffer of buffers) this.own.delete(buffer);
    super.free(...buffers);
  }

  override destroy(): void {
    this.free(...this.own);
  }
}

/**
 * `device` under another name, with a list of its own of what is made on it: `destroy` (or the end of
 * `using memory = memoryScope(device)`) gives all that memory back, and leaves the device and everything else alone.
 * What was recorded on that memory must not be submitted any more. Pipelines and kernel parameters belong to the device,
 * which has each of them once.
 */
export const memoryScope = (device: Device): Device => new MemoryScope(device);
