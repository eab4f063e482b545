/** Attributes of columns that a query may name beside variables, where what stands before the dot may be anything. */
export const queryMethods: ReadonlySet<string> = new Set(
  "abs all any between ceil clip contains count cummax cummin cumprod cumsum date day dayofweek diff dt duplicated endswith eq ewm expanding ffill bfill fillna floor ge gt hour index isin isna isnull le len lower lt lstrip match max mean median min minute mod month name ne notna notnull nunique pct_change prod quantile quarter rank rolling round rstrip sem shift startswith std str strip sub sum time upper values var weekday year".split(
    " ",
  ),
);
