const UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";
const STREAM = new RegExp(`^(${UUID})\\.(${UUID})$`);
const NEW = new RegExp(`^\\.new-${UUID}$`);
const SOCKET = new RegExp(`^alive-(${UUID})$`);
const DONE = new RegExp(`^\\.done-${UUID}$`);

/** A stream and the life that has it. */
export interface StreamOwner {
  /** The uuid of the stream. */
  readonly id: string;
  /** The uuid of the life that has the stream now. */
  readonly owner: string;
}

/** The name of a stream's directory. It changes with its owner. */
export function streamName({ id, owner }: StreamOwner): string {
  return `${id}.${owner}`;
}

/** The stream that a directory of this name has; undefined if it is not the name of a stream. */
export function streamOfName(name: string): StreamOwner | undefined {
  const [, id, owner] = STREAM.exec(name) ?? [];
  return id === undefined || owner === undefined ? undefined : { id, owner };
}

/** The name of a stream's directory while it is set up. */
export function newName(id: string): string {
  return `.new-${id}`;
}

/** Whether a directory of this name is one that is set up, or was left in the middle of that. */
export function isNewName(name: string): boolean {
  return NEW.test(name);
}

/** The name of a stream's directory while it is taken down: nothing in it is needed any more. */
export function doneName(id: string): string {
  return `.done-${id}`;
}

/** The uuid of the stream that is taken down in a directory of this name. */
export function streamOfDone(name: string): string {
  return name.slice(doneName("").length);
}

/** Whether a directory of this name is one that is taken down. */
export function isDoneName(name: string): boolean {
  return DONE.test(name);
}

/** The name of the socket in a stream's directory that answers while its owner lives. */
export function socketName(owner: string): string {
  return `alive-${owner}`;
}

/** The owner of the socket that has this name; undefined if it is not that of a socket. */
export function ownerOfSocket(name: string): string | undefined {
  return SOCKET.exec(name)?.[1];
}

/** The name of the file by which an owner, or an operator, gives up a stream: anyone may adopt it. */
export function freeName(owner: string): string {
  return `free-${owner}`;
}

/** The name of the file in which an owner says why it gave up a stream, which nobody should adopt. */
export function stuckName(owner: string): string {
  return `stuck-${owner}`;
}

/** The name, in the directory of all streams, of a damaged segment that was moved aside. */
export function damagedName(id: string, segment: number): string {
  return `damaged-${id}-${segment}`;
}
