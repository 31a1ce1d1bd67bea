import { analogsAt, withoutHistory } from '../../testing/analogs';
import { addressOfCard, footingOf, rowsOf, titleOfCard } from './outcome';

const ENVELOPE = { session: '2024-03-05', seq: 400, bucket_end: '2024-03-05T15:03:20Z' };

describe('outcomes', () => {
  const analogs = analogsAt(ENVELOPE, 'PM_LOW');
  const [horizon] = analogs.horizons;

  it('show each with interval, base and null', () => {
    expect(
      rowsOf(horizon ?? null).map((row) => [row.outcome, row.p, row.interval, row.base, row.null]),
    ).toEqual([
      ['break', '21 %', '7–35 %', '31 %', '33 %'],
      ['reject', '58 %', '44–72 %', '36 %', '33 %'],
      ['chop', '21 %', '7–35 %', '33 %', '34 %'],
    ]);
    expect(footingOf(analogs, horizon ?? null)).toContain(
      'n 11.4 setups of 14 sessions · ±7 ticks',
    );
  });

  it('show no number without a past, and say so', () => {
    const none = withoutHistory(ENVELOPE, 'PM_LOW');
    expect(rowsOf(none.horizons[0] ?? null)).toEqual([]);
    expect(footingOf(none, null)).toBe('no history yet: 0 past sessions');
    expect(footingOf(null, null)).toBe('no touch of this level yet');
  });

  it('say why a forecast is withheld', () => {
    const held = horizon && { ...horizon, break: null, why: 'too_few_sessions' as const };
    expect(footingOf(analogs, held ?? null)).toBe('too few sessions: 14 past sessions');
    const one = held && { ...held, n_sessions: 1 };
    expect(footingOf(analogs, one ?? null)).toBe('too few sessions: 1 past session');
  });

  it('say in tenths of sigma how far a past setup went', () => {
    const [card] = analogs.cards;
    const far = card && { ...card, mfe_sigma: [3.6116], mae_sigma: [0.7223] };
    expect(far && titleOfCard(far, 0, '10:10')).toMatch(/, 3\.6 σ along, 0\.7 σ against$/);
  });

  it('lead to the past setup, paused at the bucket in which price came', () => {
    const [card] = analogs.cards;
    expect(card && addressOfCard(card)).toBe(
      '?session=2024-02-20&from=480&level=OR15_HIGH&speed=0',
    );
  });
});
