/** Whether evidence supports an answer: `no-evidence` where the photos have no content, or none in common. */
export type AnswerStatus = "ok" | "no-evidence";
