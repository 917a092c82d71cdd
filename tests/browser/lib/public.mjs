// SPDX-License-Identifier: Apache-2.0
// public: the addresses that are open to every visitor, and what is linked but not there yet.
export const routes = [
  "/", "/apply", "/apply/unit_issue", "/apply/personal_issue", "/business", "/change", "/help", "/faq", "/news", "/news/trial",
  "/news/problems", "/guides", "/guides/download", "/guides/soft", "/guides/answer", "/about", "/points", "/drivers", "/samples", "/forms", "/agreement",
  "/accessibility", "/privacy", "/ca", "/login", "/register", "/forgot",
];

// Targets of links that may answer 404; empty when everything is there.
export const missing = [];
