// A certified OpenID provider on a free port: signs with its own key, lets in whoever gives a login.
import http from "node:http";
import { Provider } from "oidc-provider";

const { client, secret, office } = JSON.parse(process.argv[2]);
const server = http.createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client,
        client_secret: secret,
        redirect_uris: [`${office}/sign-in/provider/back`],
        post_logout_redirect_uris: [`${office}/sign-in`],
      },
    ],
    pkce: { required: () => true },
    scopes: ["openid", "profile"],
    claims: { profile: ["preferred_username"] },
    cookies: { keys: ["for tests only"] },
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, preferred_username: id }) }),
  });
  server.on("request", provider.callback());
  console.log(issuer);
});
