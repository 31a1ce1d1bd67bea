import { clamp, scale, spread } from './scale';

describe('scale', () => {
  it('maps both ends and what lies between', () => {
    const y = scale([10, 20], [100, 0]);
    expect([y(10), y(20), y(12.5)]).toEqual([100, 0, 75]);
  });
});

describe('clamp', () => {
  it('keeps what is inside and cuts what is not', () => {
    expect([clamp(3, 1, 2), clamp(0, 1, 2), clamp(1.5, 1, 2)]).toEqual([2, 1, 1.5]);
  });
});

describe('spread', () => {
  it('pushes labels apart and keeps their order', () => {
    expect(spread([50, 10, 12], 15)).toEqual([50, 10, 25]);
  });

  it('pushes on what the pushed one reaches', () => {
    expect(spread([10, 12, 20], 15)).toEqual([10, 25, 40]);
  });
});
