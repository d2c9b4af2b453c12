import { defineConfig } from "vite";

export default defineConfig({
  build: {
    lib: { entry: "src/main.ts", formats: ["es"], fileName: () => "panel.js" },
    outDir: "../custom_components/homelab_assistant/www",
    emptyOutDir: true,
    target: "es2022",
  },
});
