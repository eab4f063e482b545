/**
 * A file that the sources read at run time, by its path from the top of the repository, which is also that from the top of `dist`. The
 * build joins the modules that ask for one, and leaves this one where it is.
 */
export function packageFile(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}
