import { cityOf, dollars } from './words';

describe('cityOf', () => {
  it.each([
    ['America/New_York', 'NY'],
    ['America/Chicago', 'Chicago'],
    ['America/Argentina/Buenos_Aires', 'Buenos Aires'],
    ['UTC', 'UTC'],
  ])('says whose clock %s is', (timezone, said) => {
    expect(cityOf(timezone)).toBe(said);
  });
});

describe('dollars', () => {
  it.each([
    [1, '$1'],
    [10, '$10'],
    [0.5, '$0.50'],
  ])('says %f points', (points, said) => {
    expect(dollars(points)).toBe(said);
  });
});
