// What the queue carries of a job: which experiment in the store, which of its jobs, and by which version of the program,
// since only the same version promises the same bits. A ticket names no file and no command.
import { version } from 'virtual:package';
import { UserError } from '../../runtime/errors.ts';
import type { JobData } from '../../runtime/host/queue.ts';

const FORMAT = '1';

export interface Ticket {
  /** The folder of the experiment in the store. */
  readonly experiment: string;
  /** SHA-256 of its definition there. */
  readonly digest: string;
  /** A job's id within it: 'searches/gcn-DARTS-seed1'. */
  readonly job: string;
  /** Of the program that put it into the queue. */
  readonly version: string;
}

/** A part of a name in a store: never one that leads elsewhere. */
const PART = '[\\w-][\\w.-]*';
const VALID: Readonly<Record<keyof Ticket, RegExp>> = {
  experiment: new RegExp(`^${PART}$`),
  digest: /^[0-9a-f]{64}$/,
  job: new RegExp(`^(searches|transformations|trainings)/${PART}$`),
  version: /^[\w.+-]+$/,
};

/** The queue's name for a job: the same however often it is put in. */
export const ticketId = ({ experiment, digest, job }: Omit<Ticket, 'version'>): string =>
  `${experiment}.${digest.slice(0, 12)}.${job.replace('/', '.')}`;

export const ticketOf = (ticket: Omit<Ticket, 'version'>): { id: string; data: JobData } => ({
  id: ticketId(ticket),
  data: { format: FORMAT, version, ...ticket },
});

/** Throws UserError for what is no ticket, whoever put it into the queue. */
export function readTicket(data: JobData): Ticket {
  const { format, ...fields } = data;
  if (format !== FORMAT) throw new UserError(`the queue has a job of format ${format}, expected ${FORMAT}`);
  for (const [name, valid] of Object.entries(VALID)) {
    const value = fields[name];
    if (typeof value !== 'string' || !valid.test(value)) {
      throw new UserError(`the queue has a job whose ${name} is ${JSON.stringify(value)}`);
    }
  }
  return fields as unknown as Ticket;
}

/** Why this version of the program does not do the job; null where it does. */
export const refusal = (ticket: Ticket): string | null =>
  ticket.version === version
    ? null
    : `it was handed in by version ${ticket.version}, this worker is ${version}: their bits may differ`;
