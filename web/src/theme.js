// Colours: those of skyrally/render/theme.py (theme.json, compared by a test), and a daylight hall for light pages.
import { Color, ColorManagement } from "three";
import named from "./theme.json";

// Colours stay as they are written: no conversion for every pixel, which is what drawing in software spends its time on.
ColorManagement.enabled = false;

const hex = ([r, g, b]) => (r << 16) | (g << 8) | b;
export const colours = Object.fromEntries(Object.entries(named).map(([name, rgb]) => [name, new Color(hex(rgb))]));
const css = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
export const words = { 0: css(named.red), 1: css(named.blue) };

export const rooms = {
  dark: { sky: colours.sky_low, ground: colours.ground, lit: colours.ground_lit, grid: colours.grid, shadow: 0.5 },
  light: { sky: new Color(0xdfe8ee), ground: new Color(0xc3ced6), lit: new Color(0xd7dfe5), grid: new Color(0x8497a3), shadow: 0.34 },
};

/** The colour of a body or patch of floor by its name. */
export const colour = (name) => colours[name.replace(" ", "_")] ?? colours.grey;

/** Red or blue in a match, the neutral colour where all drones are of one team. */
export const team = (number, teams) => (new Set(teams).size > 1 ? [colours.red, colours.blue][number % 2] : colours.grey);
