/** Whose token it is: issuer and subject of a JWT, so that a refreshed token is the same person's; else the token itself. */
export function subjectOf(token: string | undefined): string | undefined {
  try {
    const claims = atob((token?.split(".")[1] ?? "").replace(/-/g, "+").replace(/_/g, "/"));
    const { iss, sub } = JSON.parse(claims);
    return JSON.stringify([iss, sub]);
  } catch {
    return token;
  }
}
