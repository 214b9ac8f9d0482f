const REFRESH = `
  mutation Refresh($token: String!) {
    refreshToken(input: { refreshToken: $token }) {
      ... on Session { accessToken refreshToken }
      ... on Problem { message }
    }
  }
`;

/** The tokens of a logged-in user. */
export class Session {
  #url;
  #refreshing = null;

  constructor(url, { accessToken, refreshToken }) {
    this.#url = url;
    Object.assign(this, { accessToken, refreshToken });
  }

  get headers() {
    return { Authorization: `Bearer ${this.accessToken}` };
  }

  /** Gets new tokens. Calls at the same time share one refresh. Rejects if the user must log in again. */
  refresh() {
    this.#refreshing ??= this.#refresh().finally(() => { this.#refreshing = null; });
    return this.#refreshing;
  }

  async #refresh() {
    const response = await fetch(this.#url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query: REFRESH, variables: { token: this.refreshToken } }),
    });
    const { accessToken, refreshToken, message } = (await response.json()).data.refreshToken;
    if (!accessToken) throw new Error(message);
    Object.assign(this, { accessToken, refreshToken }); // Store both: a refresh token can be used only once.
  }
}
