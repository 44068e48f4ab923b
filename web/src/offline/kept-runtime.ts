/** A build of ONNX Runtime that the app keeps: without WebGPU, or with it where the browser has JSPI or has not. */
export type KeptRuntime = "plain" | "jspi" | "asyncify";
