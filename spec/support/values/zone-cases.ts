import { cases, type ValueCase } from "./case.ts";

const makers: readonly (readonly [string, string])[] = [
  ["a name", "'Europe/Berlin'"],
  ["pytz", "__import__('pytz').timezone('Europe/Berlin')"],
  ["zoneinfo", "zoneinfo.ZoneInfo('Europe/Berlin')"],
  ["dateutil", "__import__('dateutil.tz').tz.gettz('Europe/Berlin')"],
];

const offset = "datetime.timezone(datetime.timedelta(hours=5, minutes=30))";
const hour = "'h' if since((2, 2)) else 'H'";

/**
 * Datetimes in time zones. A zone crosses by its name and comes back as what pandas makes of the name, or the standard library
 * for its own datetimes and for offsets, whichever library it was from.
 */
export const zoneCases: readonly ValueCase[] = cases([
  ...makers.map(
    ([name, zone]) =>
      [
        `datetimes in a zone of ${name}`,
        `berlin('2024-07-01', ${zone})`,
        "berlin('2024-07-01', 'Europe/Berlin')",
      ] as const,
  ),
  ...makers.map(
    ([name, zone]) =>
      [
        `Timestamp in a zone of ${name}`,
        `berlin('2024-10-27T01:30', ${zone})[0]`,
        "berlin('2024-10-27T01:30', 'Europe/Berlin')[0]",
      ] as const,
  ),
  ...makers
    .slice(1)
    .map(
      ([name, zone]) =>
        [
          `datetime in a zone of ${name}`,
          `berlin('2024-10-27T01:30', ${zone})[0].to_pydatetime()`,
          "datetime.datetime(2024, 10, 27, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo('Europe/Berlin'))",
        ] as const,
    ),
  [
    "hours while New York sets its clocks back",
    `pd.Series(pd.date_range('2024-11-03T03:00', periods=5, freq=${hour}, tz='UTC').tz_convert('America/New_York'))`,
  ],
  [
    "hours while New York sets its clocks forward",
    `pd.date_range('2024-03-10T05:00', periods=5, freq=${hour}, tz='UTC').tz_convert('America/New_York')`,
  ],
  ["datetimes in UTC", "pd.Series(pd.date_range('2024-01-01', periods=2, tz='UTC'))"],
  [
    "datetimes in UTC of the standard library",
    "pd.Series(pd.date_range('2024-01-01', periods=2, tz=datetime.timezone.utc))",
  ],
  ["datetimes with an offset", `pd.Series(pd.date_range('2024-01-01', periods=2, tz=${offset}))`],
  [
    "datetimes with an offset of pytz",
    "pd.Series(pd.date_range('2024-01-01', periods=2, tz=__import__('pytz').FixedOffset(330)))",
    `pd.Series(pd.date_range('2024-01-01', periods=2, tz=${offset}))`,
  ],
  [
    "datetimes with an offset of dateutil",
    "pd.Series(pd.date_range('2024-01-01', periods=2, tz=__import__('dateutil.tz').tz.tzoffset(None, 19800)))",
    `pd.Series(pd.date_range('2024-01-01', periods=2, tz=${offset}))`,
  ],
  ["Timestamp with an offset", `pd.Timestamp('2024-07-01', tz=${offset})`],
  ["Timestamp in UTC", "pd.Timestamp('2024-07-01T00:00:00.000000001', tz='UTC')"],
  [
    "datetimes before there were zones",
    "pd.Series(pd.DatetimeIndex(['1850-01-01']).tz_localize('Europe/Berlin'))",
  ],
]);
