/** The image that runs use unless told otherwise; `brigbox setup` and `brigbox image build` make it. */
export const defaultImage = "brigbox/python:3";

/** The label by which our images are found again. */
export const imageLabel = "brigbox.image";
