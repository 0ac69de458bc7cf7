/** Functions of one number. */
export const maths: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  sqrt: Math.sqrt,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sgn: (value) => (value < 0 ? -1 : value > 0 ? 1 : value),
  deg: (value) => (value * 180) / Math.PI,
  rad: (value) => (value * Math.PI) / 180,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
};

/** Functions of one number and more that hold for the whole vector; undefined where nothing can come out. */
export const mathsWith: Readonly<Record<string, (...parameters: readonly number[]) => ((value: number) => number) | undefined>> =
  {
    clamp: (least = 0, most = 0) => (most < least ? undefined : (value) => Math.max(least, Math.min(most, value))),
    clamp_min:
      (least = 0) =>
      (value) =>
        Math.max(least, value),
    clamp_max:
      (most = 0) =>
      (value) =>
        Math.min(most, value),
    round(nearest = 1) {
      // The inverse is exact where the step itself is not: 0.1.
      const inverse = 1 / nearest;
      return (value) => Math.floor(value * inverse + 0.5) / inverse;
    },
  };
