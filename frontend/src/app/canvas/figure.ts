import {
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  effect,
  inject,
  input,
  signal,
  viewChild,
} from '@angular/core';

import { Theme } from '../shared/theme';
import { Call, Ink, Size } from './call';
import { paint } from './paint';

/** A canvas that draws what it is given whenever that, its size or the theme changes. */
@Component({
  selector: 'app-figure',
  template: `
    <canvas #canvas role="img" [attr.aria-label]="label()"></canvas>
  `,
  host: { class: 'figure' },
})
export class Figure {
  readonly draw = input.required<(size: Size) => readonly Call[]>();
  /** The picture in words. */
  readonly label = input.required<string>();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  private readonly theme = inject(Theme);
  private readonly size = signal<Size | null>(null);

  constructor() {
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const observer = new ResizeObserver(() => this.measure());
      observer.observe(this.host);
      destroyed.onDestroy(() => observer.disconnect());
    });
    effect(() => this.repaint(this.draw(), this.size(), this.theme.name()));
  }

  private measure(): void {
    const { clientWidth: width, clientHeight: height } = this.host;
    const em = parseFloat(getComputedStyle(document.documentElement).fontSize);
    this.size.set(width > 0 && height > 0 ? { width, height, em } : null);
  }

  private repaint(draw: (size: Size) => readonly Call[], size: Size | null, _theme: string): void {
    const canvas = this.canvas().nativeElement;
    const context = canvas.getContext('2d');
    if (!size || !context) {
      return;
    }
    const ratio = devicePixelRatio;
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const style = getComputedStyle(document.documentElement);
    const colours = new Map<Ink, string>();
    paint(context, draw(size), size, (ink) => {
      const known = colours.get(ink) ?? style.getPropertyValue(`--${ink}`).trim();
      colours.set(ink, known);
      return known;
    });
  }
}
