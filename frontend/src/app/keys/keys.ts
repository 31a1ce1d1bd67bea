import { Injectable, inject } from '@angular/core';

import { Look } from '../shared/look';
import { Theme } from '../shared/theme';
import { SPEEDS, ScreenStore } from '../stream/screen-store';

/** A minute of buckets. */
const MINUTE = 12;

export interface KeyRow {
  readonly key: string;
  readonly does: string;
}

/** What each key does: the page's keyboard and its help are this one list. */
@Injectable({ providedIn: 'root' })
export class Keys {
  private readonly store = inject(ScreenStore);
  private readonly look = inject(Look);
  private readonly theme = inject(Theme);

  readonly rows: readonly KeyRow[] = [
    { key: '1–9, ↑ ↓', does: 'choose a level' },
    { key: '← →', does: 'step a bucket; with shift a minute' },
    { key: 'Home, End', does: 'first bucket, newest bucket' },
    { key: 'space', does: 'pause, go on' },
    { key: '− +', does: 'slower, faster replay' },
    { key: 'h', does: 'heat: lean, or walls against the median' },
    { key: 'd', does: 'change of the strips: 30 s, d1, d2, d3' },
    { key: 'e', does: 'expiries: the day’s, all' },
    { key: 'o', does: 'horizon of the outcomes' },
    { key: 'c', does: 'cards of past setups' },
    { key: 't', does: 'dark or light' },
    { key: '?', does: 'this list' },
  ];

  private readonly actions: Readonly<Record<string, () => void>> = {
    ArrowUp: () => this.moveLevel(-1),
    ArrowDown: () => this.moveLevel(1),
    ArrowLeft: () => this.step(-1),
    ArrowRight: () => this.step(1),
    'shift+ArrowLeft': () => this.step(-MINUTE),
    'shift+ArrowRight': () => this.step(MINUTE),
    Home: () => this.store.hold(1),
    End: () => this.store.hold(Infinity),
    ' ': () => this.pauseOrResume(),
    '-': () => this.turnSpeed(-1),
    '+': () => this.turnSpeed(1),
    '=': () => this.turnSpeed(1),
    h: () => this.look.turnHeat(),
    d: () => this.look.turnChange(),
    e: () => this.look.turnSet(),
    o: () => this.look.turnHorizon(),
    c: () => document.querySelector<HTMLElement>('[data-testid=card]')?.focus(),
    t: () => this.theme.toggle(),
    '?': () => this.look.isHelpOpen.update((isOpen) => !isOpen),
    Escape: () => this.look.isHelpOpen.set(false),
  };

  /** Do what a key stands for, unless a control that was focused wants it. */
  press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) {
      return;
    }
    const isArrow = event.key.startsWith('Arrow');
    const name = event.shiftKey && isArrow ? `shift+${event.key}` : event.key;
    const action = /^[1-9]$/.test(name)
      ? () => this.chooseLevel(Number(name) - 1)
      : this.actions[name];
    if (action) {
      event.preventDefault();
      action();
    }
  }

  pauseOrResume(): void {
    if (this.store.isPaused() || this.store.isHeld()) {
      this.store.resume();
    } else {
      this.store.pause();
    }
  }

  private chooseLevel(index: number): void {
    const level = this.store.levels()[index];
    if (level) {
      this.store.choose(level.level_id);
    }
  }

  private moveLevel(by: number): void {
    const index = this.store.levels().findIndex((one) => one.level_id === this.store.levelId());
    this.chooseLevel(index + by);
  }

  private step(by: number): void {
    this.store.hold((this.store.seq() ?? 1) + by);
  }

  private turnSpeed(by: number): void {
    const index = SPEEDS.findIndex((speed) => speed === this.store.speed());
    const speed = SPEEDS[index + by];
    if (speed) {
      this.store.setSpeed(speed);
    }
  }
}

/** Buttons and links want space and enter, lists the arrows. */
function isTaken(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  const isButton = target.matches('button, a') && event.key === ' ';
  return isButton || target.matches('select, input');
}
