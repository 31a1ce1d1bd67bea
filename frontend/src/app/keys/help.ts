import { Component, ElementRef, effect, inject, viewChild } from '@angular/core';

import { Look } from '../shared/look';
import { Keys } from './keys';

/** The keys, in a dialog. */
@Component({
  selector: 'app-help',
  template: `
    <dialog
      #dialog
      aria-labelledby="help-title"
      (close)="look.isHelpOpen.set(false)"
      data-testid="help"
    >
      <h2 id="help-title">Keys</h2>
      <dl>
        @for (row of keys.rows; track row.key) {
          <dt>{{ row.key }}</dt>
          <dd>{{ row.does }}</dd>
        }
      </dl>
      <p>
        Blue ▲ favours up, orange ▼ favours down, everywhere. Hatched is not defined; the reason
        stands in it. Beside the steps bars are what dealers must trade for all open interest, ticks
        for the flow since the overnight open.
      </p>
      <button type="button" (click)="look.isHelpOpen.set(false)">Close</button>
    </dialog>
  `,
})
export class Help {
  protected readonly keys = inject(Keys);
  protected readonly look = inject(Look);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  constructor() {
    effect(() => {
      const dialog = this.dialog().nativeElement;
      if (this.look.isHelpOpen() !== dialog.open) {
        if (dialog.open) {
          dialog.close();
        } else {
          dialog.showModal();
        }
      }
    });
  }
}
