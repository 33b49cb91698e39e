# The page and its signalling server in one small image: docker build -t dogstar . && docker run -p 8080:8080 dogstar
FROM node:22-slim AS build
WORKDIR /app
# First what seldom changes, so that a change of the code does not install everything again.
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build:page

FROM node:22-slim
WORKDIR /app
ENV NODE_ENV=production PORT=8080
# The server is bundled with its packages: nothing but dist/ is needed.
COPY --from=build /app/dist ./dist
USER node
EXPOSE 8080
HEALTHCHECK CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/server/server.js"]
