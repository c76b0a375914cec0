// fsopen(2), fsconfig(2), fsmount(2): a file system that is looked at and mounted nowhere. All give `>= 0` or `-errno`;
// they need CAP_SYS_ADMIN.
import { native } from './addon.ts'

/** fsopen(2): a descriptor to configure an instance of that file system. */
export const fsopen: (name: string, flags: number) => number = native.fsopen
/** fsconfig(2), the commands without key and value: FSCONFIG_CMD_CREATE. */
export const fsconfig: (fd: number, command: number) => number = native.fsconfig
/** fsmount(2): a descriptor of the root folder of the instance, attached nowhere. */
export const fsmount: (fd: number, flags: number, attributes: number) => number = native.fsmount
