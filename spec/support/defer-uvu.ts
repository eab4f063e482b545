/** Tells uvu to wait until it is told to run; it looks when it is first imported, so this must be imported before it. */
(globalThis as { UVU_DEFER?: number }).UVU_DEFER = 1;
