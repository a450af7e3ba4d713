/** Which folder may import which: `npm run check` refuses the others, and every circle of files. */
const client = "^artfresh-js/src";
const player = "^player/src";

/** A rule that lets files under `from` import only what is under one of `allowed`, or a package. */
const only = (name, from, ...allowed) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { path: "^(artfresh-js|player)/", pathNot: allowed },
});

export default {
  forbidden: [
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    { name: "no-orphans", severity: "error", from: { orphan: true, pathNot: "\\.d\\.ts$" }, to: {} },
    {
      name: "no-unresolved",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^artfresh(/stock)?$" },
    },
    only("core-knows-only-core", `${client}/core/`, `${client}/core/`),
    only("durable-rests-on-core", `${client}/durable/`, `${client}/(core|durable)/`),
    only("art-rests-on-the-client", `${client}/art/`, `${client}/(core|art)/`, `${client}/client\\.ts$`),
    only(
      "page-is-last",
      `${client}/page/`,
      `${client}/(core|art|page)/`,
      `${client}/(index|stock|client)\\.ts$`,
    ),
    only("person-rests-on-core", `${client}/person/`, `${client}/(core|person)/`),
    only("the-client-is-made-of-its-parts", `${client}/client\\.ts$`, `${client}/(core|durable|person)/`),
    {
      name: "person-is-loaded-later",
      severity: "error",
      from: { pathNot: `${client}/person/` },
      to: { path: `${client}/person/`, dependencyTypesNot: ["dynamic-import", "type-only", "type-import"] },
    },
    {
      name: "showing-is-loaded-later",
      severity: "error",
      from: {},
      to: {
        path: `${client}/page/showing`,
        dependencyTypesNot: ["dynamic-import", "type-only", "type-import"],
      },
    },
    {
      name: "durable-is-loaded-later",
      severity: "error",
      from: { pathNot: `${client}/durable/` },
      to: { path: `${client}/durable/`, dependencyTypesNot: ["dynamic-import", "type-only", "type-import"] },
    },
    only("art-is-drawn-without-the-page", `${player}/art/`, `${player}/art/`, "^artfresh-js/"),
    only("listening-knows-no-screen", `${player}/listening/`, `${player}/(listening|art)/`, "^artfresh-js/"),
  ],
  options: {
    // TypeScript's own parser is not part of the native compiler; swc sees imports of types too.
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".js", ".json", ".css"],
      mainFields: ["module", "main"],
    },
    moduleSystems: ["es6"],
  },
};
