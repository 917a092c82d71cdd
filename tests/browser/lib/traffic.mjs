// SPDX-License-Identifier: Apache-2.0
// traffic: what a visit costs, and slow networks.

// Counts what goes over the wire from now on; cached answers cost nothing. -> { bytes(), requests() }
export async function countTraffic(page) {
  const session = await page.context().newCDPSession(page);
  let bytes = 0, requests = 0;
  const cached = new Set();
  session.on("Network.requestServedFromCache", ({ requestId }) => cached.add(requestId));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!cached.has(requestId) && encodedDataLength > 0) {
      bytes += encodedDataLength;
      requests += 1;
    }
  });
  await session.send("Network.enable");
  return { bytes: () => bytes, requests: () => requests };
}

// 400 kbit/s and 400 ms there and back.
export async function slowDown(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", {
    offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000,
  });
}

// Milliseconds until the largest thing of the page was painted.
export function largestPaint(page) {
  return page.evaluate(() => new Promise((resolve) => {
    new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime))
      .observe({ type: "largest-contentful-paint", buffered: true });
  }));
}
