import { SIZE, callsOf, stateAfter, textsOf } from '../../testing/screen';
import { invent } from '../../testing/session';
import { StrikesFrame, strikes } from './strikes';

const moment = stateAfter(invent({ buckets: 380 }), 380).past.get(380);
const FRAME: StrikesFrame = {
  strikes: moment?.strikes ?? null,
  profile: moment?.options?.gex_profile['0dte'] ?? null,
  why: 'no options',
  mid: 6761,
  level: { name: 'PM LOW', price: 6761.25 },
};

describe('strikes', () => {
  it('draws gamma linear: the wall stands out as much as it is larger', () => {
    const calls = callsOf(strikes(FRAME, SIZE), 'rect').filter((one) => one.ink === 'up');
    const widths = calls.map((one) => one.width);
    const calls_ = (FRAME.strikes?.gex_call ?? []).map(Number);
    const shares = calls_.map((value) => value / Math.max(...calls_));
    widths.forEach((width, index) =>
      expect(width / Math.max(...widths)).toBeCloseTo(shares[index] ?? -1),
    );
  });

  it('says what each mark is, in words that hold in any theme', () => {
    const [key] = textsOf(strikes(FRAME, SIZE)).filter((one) => one.includes('puts'));
    expect(key).toMatch(/^◂ puts · calls ▸ · widest [\d,]+ · tick: net · thin line: flow$/);
  });

  it('keeps the flow within the picture, however much of it there is', () => {
    const most = Math.max(...(FRAME.strikes?.gex_call ?? []).map(Number));
    const gex_flow = FRAME.strikes?.gex_flow.map((_, index) => (index % 2 ? 9 : -9) * most) ?? [];
    const near = FRAME.strikes && { ...FRAME.strikes, gex_flow };
    for (const one of callsOf(strikes({ ...FRAME, strikes: near }, SIZE), 'rect')) {
      expect(one.x).toBeGreaterThan(0.15 * SIZE.width);
      expect(one.x + one.width).toBeLessThan(0.7 * SIZE.width);
    }
  });

  it('keeps labels apart', () => {
    const labels = callsOf(strikes(FRAME, SIZE), 'text').filter((one) => one.align === 'right');
    const places = labels
      .filter((one) => /price|PM LOW|zero gamma|wall/.test(one.text))
      .map((one) => one.y)
      .sort((a, b) => a - b);
    expect(places).toHaveLength(5);
    places.slice(1).forEach((y, index) => expect(y - (places[index] ?? 0)).toBeGreaterThan(15));
  });

  it('says why there is none', () => {
    expect(textsOf(strikes({ ...FRAME, strikes: null }, SIZE))).toEqual(['no options']);
  });
});
