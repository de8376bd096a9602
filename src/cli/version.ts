/** Written into the bundle by build.js from package.json. */
declare const SESSWATCH_VERSION: string;

export const VERSION: string = typeof SESSWATCH_VERSION === 'string' ? SESSWATCH_VERSION : 'development';
