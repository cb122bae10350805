// Durations as numbers: months of a years and months duration, seconds of a days and time duration.
import { FeelDuration, duration } from 'feelin';

export const isDuration = (value) => value instanceof FeelDuration;

/** Months or seconds, with the sign. */
export function amount(value) {
  const parts = value.unwrap();
  return value.yearsMonths ? parts.years * 12 + parts.months : parts.total({ unit: 'second' });
}

/** The duration of so many months (fractions are cut off) or seconds; null if there is none. */
export function ofAmount(number, yearsMonths) {
  if (!Number.isFinite(number)) return null;
  if (!yearsMonths) return duration(Math.trunc(Math.round(number * 1e6) / 1e3));
  const months = Math.trunc(number);
  return duration(`${months < 0 ? '-' : ''}P${Math.abs(months)}M`);
}

/** Whether both are durations of the same kind. */
export function sameKind(a, b) {
  return isDuration(a) && isDuration(b) && a.yearsMonths === b.yearsMonths;
}
