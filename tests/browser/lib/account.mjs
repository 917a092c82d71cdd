// SPDX-License-Identifier: Apache-2.0
// account: registering and logging in as people do it in a browser; the inbox of try-it mode tells codes and captchas.
export const PASSWORD = "Kf83-wiesel-lampe";

const digits = (n) => Array.from({ length: n }, () => Math.floor(Math.random() * 10)).join("");

export const newPhone = () => `137${digits(8)}`;
export const newMail = () => `b${digits(10)}@hall.example`;

// The messages of a channel, to somebody if told, newest first.
export async function inbox(url, channel, to) {
  const { items } = await (await fetch(`${url}/api/v1/try/inbox`)).json();
  return items.filter((m) => m.channel === channel && (to === undefined || m.to === to));
}

export async function codeFor(url, channel, to) {
  const [newest] = await inbox(url, channel, to);
  return /验证码为 (\d{6})/.exec(newest.text)[1];
}

export async function captchaOf(page, url) {
  await page.locator("#captcha-image").evaluate((image) => image.decode());
  const [newest] = await inbox(url, "captcha");
  return newest.text;
}

export async function fillRegistration(page, { phone = newPhone(), mail = newMail(), password = PASSWORD, repeat = password } = {}) {
  await page.fill("#phone", phone);
  await page.fill("#email", mail);
  await page.fill("#password", password);
  await page.fill("#password2", repeat);
  return { phone, mail };
}

export function press(page, name) {
  return Promise.all([page.waitForNavigation(), page.getByRole("button", { name, exact: true }).click()]);
}

// A new account whose phone is confirmed, made by the API.
export async function makeAccount(url) {
  const phone = newPhone(), mail = newMail();
  const call = async (path, value) => (await fetch(url + path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value),
  })).json();
  const { challenge } = await call("/api/v1/codes", { purpose: "register", by: "code", to: phone });
  const answer = await codeFor(url, "sms", phone);
  const made = await call("/api/v1/accounts", { phone, email: mail, password: PASSWORD, by: "code", challenge, answer });
  if (!made.active) {
    throw new Error(`no account: ${JSON.stringify(made)}`);
  }
  return { phone, mail };
}

export async function logIn(page, name, password = PASSWORD, path = "/login") {
  await page.goto(path);
  await page.fill("#account", name);
  await page.fill("#password", password);
  const [response] = await press(page, "用户登录");
  return response;
}
