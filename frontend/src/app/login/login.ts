import { Component, inject, signal } from '@angular/core';

import { ScreenStore } from '../stream/screen-store';
import { logIn } from './token';

/** Asks for the token of a server that others could reach; the answer is a cookie. */
@Component({
  selector: 'app-login',
  templateUrl: './login.html',
  host: { class: 'login', 'data-testid': 'login' },
})
export class Login {
  protected readonly store = inject(ScreenStore);
  protected readonly refused = signal('');

  protected async submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    this.refused.set(await logIn(String(new FormData(form).get('token') ?? '')));
    form.reset();
    if (!this.refused()) {
      this.store.unlock();
    }
  }
}
