/** Where a monitor listens unless told otherwise. */
export const defaultPort = 9464;
