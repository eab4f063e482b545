/** True only for the very same type: `any`, optional and readonly count. */
export type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Does not compile unless it is given `true`: `type _ = Holds<Same<A, B>>`. */
export type Holds<T extends true> = T;
