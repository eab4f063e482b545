import { inspectImage, isNotFound } from "../../engine-api/mod.ts";
import { formatSize } from "../config/units.ts";
import { defaultImage, versionLabels } from "../image/names.ts";
import { type Check, failure, fine } from "./check.ts";

/** The image that runs would use. */
export const imageCheck: Check = {
  id: "image",
  title: "Image",
  async examine({ client, image, signal }) {
    try {
      const { Id, Size, Config } = await inspectImage(client, image, { signal });
      const labels = Config?.Labels ?? {};
      const versions = Object.entries(versionLabels).flatMap(([name, label]) =>
        labels[label] ? [`${name} ${labels[label]}`] : [],
      );
      const id = (Id ?? "").replace("sha256:", "").slice(0, 12);
      return fine([image, id, formatSize(Size ?? 0), ...versions].join(", "));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const advice =
        image === defaultImage
          ? "run brigbox setup, or brigbox image build"
          : "build or load it on this Engine, or name another";
      return failure(`${image} is not on this Engine`, advice);
    }
  },
};
