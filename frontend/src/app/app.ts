import { Component, computed, inject } from '@angular/core';

import { AnalogsPanel } from './analogs/analogs';
import { Size } from './canvas/call';
import { Figure } from './canvas/figure';
import { Headline } from './headline/headline';
import { heat } from './heat/heat';
import { hedging } from './hedging/hedging';
import { Help } from './keys/help';
import { Keys } from './keys/keys';
import { Login } from './login/login';
import { ladder } from './ladder/ladder';
import { Picker } from './picker/picker';
import { Look } from './shared/look';
import { dollars, spoken, whyWithout } from './shared/words';
import { StatusBar } from './status/status-bar';
import { ScreenStore } from './stream/screen-store';
import { strikes } from './strikes/strikes';
import { strip } from './strip/strip';

/** The screen: one level at a time, everything about it, at one glance. */
@Component({
  selector: 'app-root',
  imports: [AnalogsPanel, Figure, Headline, Help, Login, Picker, StatusBar],
  templateUrl: './app.html',
  host: { '(document:keydown)': 'keys.press($event)', '[class.stale]': 'isOld()' },
})
export class App {
  protected readonly keys = inject(Keys);
  protected readonly look = inject(Look);
  protected readonly store = inject(ScreenStore);

  /** Whether what is shown may be no longer so. */
  protected readonly isOld = computed(() => {
    const isSilent = this.store.isStale() || !this.store.isConnected();
    const isLive = this.store.hello()?.mode === 'live';
    const isFeedSilent = isLive && this.store.heartbeat()?.book === 'stale';
    return !this.store.isLocked() && (isSilent || isFeedSilent);
  });
  /** What stands where nothing was ever received. */
  protected readonly waiting = computed(
    () => this.store.refusal() ?? (this.store.isConnected() ? 'no bucket yet' : 'connecting'),
  );
  protected readonly step = computed(() => dollars(this.store.hello()?.step ?? 1));
  protected readonly name = computed(() => spoken(this.store.levelId() ?? 'no level'));

  protected readonly heat = computed(() => {
    const hello = this.store.hello();
    const frame = {
      columns: this.store.columns(),
      mode: this.look.heat(),
      tickSize: hello?.tick_size ?? 0.25,
      step: hello?.step ?? 1,
      timezone: hello?.timezone ?? 'America/New_York',
    };
    return (size: Size) => heat(frame, size);
  });
  protected readonly net = computed(() => this.stripOf('net'));
  protected readonly vacuum = computed(() => this.stripOf('vacuum'));
  protected readonly hedging = computed(() => {
    const frame = { columns: this.store.columns(), set: this.look.set() };
    return (size: Size) => hedging(frame, size);
  });
  protected readonly ladder = computed(() => {
    const hello = this.store.hello();
    const options = this.store.options();
    const frame = {
      level: this.store.level(),
      options: options?.levels.find((one) => one.level_id === this.store.levelId()) ?? null,
      optionsWhy: whyWithout(options, 'gex_total'),
      mid: this.store.bucket()?.market.mid ?? null,
      step: hello?.step ?? 1,
      tickSize: hello?.tick_size ?? 0.25,
      set: this.look.set(),
    };
    return (size: Size) => ladder(frame, size);
  });
  protected readonly strikes = computed(() => {
    const level = this.store.level();
    const near = this.store.strikes();
    const frame = {
      strikes: near,
      profile: this.store.options()?.gex_profile['0dte'] ?? null,
      why: whyWithout(near, 'front_strike'),
      mid: this.store.bucket()?.market.mid ?? null,
      level: level && { name: spoken(level.level_id), price: level.price },
    };
    return (size: Size) => strikes(frame, size);
  });

  constructor() {
    this.store.start();
  }

  private stripOf(name: 'net' | 'vacuum') {
    const frame = { columns: this.store.columns(), name, change: this.look.change() };
    return (size: Size) => strip(frame, size);
  }
}
