// What went wrong, in words: a title of ours, and what the server itself said.

/** @type {Record<number, string | undefined>} */
const TITLES = {
  0: "The server cannot be reached",
  400: "This could not be analysed",
  401: "This server wants an API key",
  413: "This file is too large for the server",
  422: "The server does not understand which models are meant",
  429: "The server cannot take this right now",
  500: "The server made a mistake",
  503: "The server is about to stop",
};
/** @type {Record<number, string | undefined>} */
const WORDS = {
  0: "Check that it is running and that you are connected to it, then try again.",
  401: "Ask whoever runs it for one.",
  429: "Every worker is busy and the queue is full.",
};
/** What the server says of these is for programs: it speaks of headers. */
const FOR_PROGRAMS = [401, 429];

/**
 * @typedef {object} Details
 * @property {string} [title]
 * @property {string} [words] what to do about it
 * @property {string} [detail] in the words of the server
 * @property {number | null} [retryAfter] in seconds
 */

/** @typedef {(name: string) => string | null} Header looks up a header of an answer */

export class Problem extends Error {
  /**
   * @param {number} status that of HTTP, or 0 if there is no answer
   * @param {Details} details
   */
  constructor(status, { title, words, detail = "", retryAfter = null } = {}) {
    super(title ?? TITLES[status] ?? `The server answered with ${status}`);
    this.status = status;
    this.words = words ?? WORDS[status] ?? "";
    this.detail = detail;
    this.retryAfter = retryAfter;
  }

  /**
   * The problem that an answer reports.
   * @param {number} status
   * @param {string} body
   * @param {Header} header
   */
  static of(status, body, header) {
    const retryAfter = Number.parseInt(header("Retry-After") ?? "", 10);
    return new Problem(status, {
      words: status === 429 ? spent(header) : undefined,
      detail: FOR_PROGRAMS.includes(status) ? "" : detail(body),
      retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
    });
  }

  /**
   * @param {number} arrived
   * @param {number} total
   */
  static lost(arrived, total) {
    return new Problem(0, {
      title: "The connection was lost",
      words: arrived
        ? `${arrived} of ${total} results had arrived and are kept below. Try again for the others.`
        : "No result had arrived. If the file was changed or moved meanwhile, choose it again.",
    });
  }
}

/**
 * That the client has used up what the server allows it, if it has.
 * @param {Header} header
 */
function spent(header) {
  const [, amount, seconds] = /q=(\d+);w=(\d+)/.exec(header("RateLimit-Policy") ?? "") ?? [];
  if (!amount || !/;r=0;/.test(header("RateLimit") ?? "")) return undefined;
  const analyses = amount === "1" ? "1 analysis" : `${amount} analyses`;
  return `You have started as many as it allows: ${analyses} in ${seconds} s.`;
}

/**
 * The server's own words; a proxy in front of it may answer with anything.
 * @param {string} body
 */
function detail(body) {
  /** @type {{ detail?: string | { msg: string }[], correlation_id?: string } | null} */
  let told;
  try {
    told = JSON.parse(body);
  } catch {
    return "";
  }
  const words = told?.detail ?? "";
  const text = Array.isArray(words) ? words.map((each) => each.msg).join(" ") : String(words);
  return told?.correlation_id ? `${text} (correlation id ${told.correlation_id})` : text;
}
