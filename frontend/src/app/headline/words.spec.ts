import { Level } from '../../contract/pressure';
import { stateAfter } from '../../testing/screen';
import { invent } from '../../testing/session';
import { netOf, placeOf, sideOf, vacuumOf } from './words';

const found = stateAfter(invent({ buckets: 380 }), 380)
  .past.get(380)
  ?.bucket?.levels.find((one) => one.level_id === 'PM_LOW');

function levelWith(changes: Partial<Level>, minute: Partial<Level['minute']> = {}): Level {
  if (!found) {
    throw new Error('no level');
  }
  return { ...found, ...changes, minute: { ...found.minute, ...minute } };
}

describe('the headline', () => {
  it('says where price is, and whether it comes nearer', () => {
    const place = { price: 6761.25, dist_ticks: -0.5, dist_sigma: -0.4 };
    const mid = 6761.125;
    expect(placeOf(levelWith({ ...place, speed_sigma: 0.36 }), mid)).toMatchObject({
      big: '$0.13',
      small: 'below · −0.4 σ · closing in',
    });
    expect(placeOf(levelWith({ ...place, speed_sigma: 0.34 }), mid).small).toContain('holding');
    expect(placeOf(levelWith({ ...place, speed_sigma: -0.36 }), mid).small).toContain(
      'moving away',
    );
  });

  it('counts from the price that it names, where an average stands between ticks', () => {
    const average = levelWith({ price: 6754.42, dist_ticks: -9 });
    expect(placeOf(average, 6752.25).big).toBe('$2.17');
  });

  it('says why neither sigma nor speed is there, once where it is the same', () => {
    const none = { price: 6761.25, dist_ticks: -1, dist_sigma: null, speed_sigma: null };
    const small = (speed_sigma: 'warming_up' | 'level_new') =>
      placeOf(levelWith({ ...none, why: { dist_sigma: 'warming_up', speed_sigma } }), 6761).small;
    expect(small('warming_up')).toBe('below · σ and speed: warming up');
    expect(small('level_new')).toBe('below · σ: warming up · speed: level new');
  });

  it.each([
    [-0.12, -0.01, '▼ −0.12', 'down opens, steady'],
    [0.12, 0.08, '▲ +0.12', 'up opens, growing'],
    [0.12, -0.08, '▲ +0.12', 'up opens, fading'],
    [0.04, 0, '= +0.04', 'balanced, steady'],
    [0.2, null, '▲ +0.20', 'up opens, no trend yet'],
  ])('says of a net of %f that changed by %f: %s, %s', (net, change, big, small) => {
    expect(netOf(levelWith({}, { net_60s: [net, change] }))).toMatchObject({ big, small });
  });

  it('says what each side does: asks that build favour down, bids that build up', () => {
    const level = levelWith({}, { p_above_60s: [-0.2, 0], p_below_60s: [0.2, 0] });
    expect(sideOf(level, 'above')).toMatchObject({ way: 'down', small: 'asks build' });
    expect(sideOf(level, 'below')).toMatchObject({ way: 'up', small: 'bids build' });
  });

  it('marks vacuum with its glyph and no direction', () => {
    const vacuum = (value: number) => vacuumOf(levelWith({}, { vacuum_60s: [value, 0] }));
    expect(vacuum(0.2)).toMatchObject({ big: '◂▸ +0.20', way: 'balanced' });
    expect(vacuum(-0.2)).toMatchObject({ big: '▸◂ −0.20', way: 'balanced' });
  });

  it('says why there is no number', () => {
    const why = { net_60s: 'bids_below_out_of_reach' as const };
    expect(netOf(levelWith({ why }, { net_60s: [null, null] }))).toEqual({
      big: '–',
      way: 'balanced',
      small: 'bids below out of reach',
    });
  });
});
