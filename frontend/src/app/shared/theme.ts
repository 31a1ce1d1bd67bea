import { Injectable, effect, signal } from '@angular/core';

const STORED = 'spymaster.theme';
const NAMES = ['dark', 'light'] as const;
type Name = (typeof NAMES)[number];

/** Dark or light; what was chosen last is remembered by the browser. */
@Injectable({ providedIn: 'root' })
export class Theme {
  private readonly chosen = signal<Name>(initial());
  readonly name = this.chosen.asReadonly();

  constructor() {
    // before the effect, so that the first picture has the right colours
    document.documentElement.dataset['theme'] = this.name();
    effect(() => localStorage.setItem(STORED, this.name()));
  }

  toggle(): void {
    const next = this.name() === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['theme'] = next;
    this.chosen.set(next);
  }
}

function initial(): Name {
  const asked = new URLSearchParams(location.search).get('theme') ?? localStorage.getItem(STORED);
  return NAMES.find((name) => name === asked) ?? 'dark';
}
