const ATTEMPTS = 5;
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A `fetch` that repeats a request if the server is busy, after the time that the server asks for. */
export const patient = (fetch) => async (url, options) => {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, options);
    const milliseconds = attempt < ATTEMPTS && (await retryAfter(response));
    if (!milliseconds) return response;
    await wait(milliseconds);
  }
};

async function retryAfter(response) {
  const seconds = response.headers.get("Retry-After");
  if (response.status === 503) return 1000 * Number(seconds ?? 1);
  if (!response.headers.get("Content-Type")?.includes("json")) return 0;
  const { data, errors } = await response.clone().json();
  const unavailable = errors?.find((it) => it.extensions?.code === "SERVICE_UNAVAILABLE")?.extensions;
  const busy = Object.values(data ?? {}).find((field) => field?.__typename === "Busy");
  return (unavailable ?? busy)?.retryAfterMs ?? 0;
}
