// What a page asks the course's own server (crmlab/app/routes.py), besides what it asks any Jupyter server.

/** The answer of `crmlab/ROUTE`; with content it is sent there. Throws where there is none. */
export async function ask(app, route, content) {
  const { baseUrl, token } = app.serviceManager.serverSettings;
  const headers = { 'Content-Type': 'application/json' };
  if (token) headers.Authorization = `token ${token}`;
  const cookie = /(?:^|; )_xsrf=([^;]+)/.exec(document.cookie);
  if (cookie) headers['X-XSRFToken'] = cookie[1];
  const how = content === undefined ? {} : { method: 'POST', body: JSON.stringify(content) };
  const answer = await fetch(`${baseUrl}crmlab/${route}`, { headers, ...how });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}
