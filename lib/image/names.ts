/** The image that runs use unless told otherwise; `brigbox setup` and `brigbox image build` make it. */
export const defaultImage = "brigbox/python:3";

/** The label by which our images are found again; its value is the recipe, see {@link ImageRecipe}. */
export const imageLabel = "brigbox.image";

/** Labels that tell the versions inside an image. */
export const versionLabels: Readonly<Record<"python" | "numpy" | "pandas", string>> = {
  python: "brigbox.python",
  numpy: "brigbox.numpy",
  pandas: "brigbox.pandas",
};

/** How an image is made: from a Dockerfile, whose base image a registry gives, or from Debian packages. */
export type ImageRecipe = "dockerfile" | "debian";

/** A name in its two parts; the tag is `latest` where none is given. */
export function splitImageName(name: string): { readonly repository: string; readonly tag: string } {
  const colon = name.lastIndexOf(":");
  // A colon before a slash belongs to a registry's port.
  return colon > name.lastIndexOf("/")
    ? { repository: name.slice(0, colon), tag: name.slice(colon + 1) }
    : { repository: name, tag: "latest" };
}
