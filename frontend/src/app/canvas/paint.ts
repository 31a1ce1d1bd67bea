import { Call, Ink, Size, Text } from './call';

/** Colour of each ink in the theme of the page. */
export type Palette = (ink: Ink) => string;

const FAMILY = 'system-ui, "DejaVu Sans", sans-serif';
const HATCH_GAP = 6;

/** Paint a picture, all of it anew: once per bucket this costs less than keeping track. */
export function paint(
  context: CanvasRenderingContext2D,
  calls: readonly Call[],
  size: Size,
  palette: Palette,
): void {
  context.globalAlpha = 1;
  context.fillStyle = palette('ground');
  context.fillRect(0, 0, size.width, size.height);
  for (const call of calls) {
    context.globalAlpha = 'alpha' in call ? (call.alpha ?? 1) : 1;
    PAINTERS[call.kind](context, call as never, palette, size);
  }
}

type Painter<T> = (
  context: CanvasRenderingContext2D,
  call: T,
  palette: Palette,
  size: Size,
) => void;

const PAINTERS: { readonly [K in Call['kind']]: Painter<Extract<Call, { kind: K }>> } = {
  rect: (context, call, palette) => {
    context.fillStyle = palette(call.ink);
    context.fillRect(call.x, call.y, call.width, call.height);
  },
  hatch: (context, { x, y, width, height, ink }, palette) => {
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    context.beginPath();
    // anchored to the canvas, so that neighbouring spans join
    const first = Math.floor((x + y) / HATCH_GAP) * HATCH_GAP;
    for (let at = first; at < x + width + y + height; at += HATCH_GAP) {
      context.moveTo(at - y, y);
      context.lineTo(at - y - height, y + height);
    }
    context.strokeStyle = palette(ink);
    context.lineWidth = 1;
    context.stroke();
    context.restore();
  },
  line: (context, call, palette) => {
    trace(context, call.points);
    context.strokeStyle = palette(call.ink);
    context.lineWidth = call.width;
    context.lineJoin = 'round';
    context.setLineDash([...(call.dash ?? [])]);
    context.stroke();
    context.setLineDash([]);
  },
  shape: (context, call, palette) => {
    trace(context, call.points);
    context.closePath();
    context.fillStyle = palette(call.ink);
    context.fill();
  },
  text: paintText,
};

function trace(context: CanvasRenderingContext2D, points: Iterable<readonly [number, number]>) {
  context.beginPath();
  for (const [x, y] of points) {
    context.lineTo(x, y);
  }
}

function paintText(
  context: CanvasRenderingContext2D,
  call: Text,
  palette: Palette,
  size: Size,
): void {
  const height = size.em * (call.scale ?? 1);
  context.font = `${call.bold ? 'bold ' : ''}${height}px ${FAMILY}`;
  context.textAlign = call.align ?? 'left';
  context.textBaseline = 'middle';
  if (call.box) {
    paintBox(context, call, palette, height);
  }
  context.fillStyle = palette(call.ink);
  context.fillText(call.text, call.x, call.y + height * 0.05);
}

function paintBox(
  context: CanvasRenderingContext2D,
  call: Text,
  palette: Palette,
  height: number,
): void {
  const width = context.measureText(call.text).width;
  const before = { left: 0, center: width / 2, right: width }[call.align ?? 'left'];
  const x = call.x - before - 4;
  context.fillStyle = palette(call.box ?? 'ground');
  context.fillRect(x, call.y - height * 0.7, width + 8, height * 1.4);
  if (call.edge) {
    context.strokeStyle = palette(call.edge);
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, call.y - height * 0.7 + 0.5, width + 7, height * 1.4 - 1);
  }
}
