package dev.keyway.gateway.invoke.restate;

/** Text from a handler, made fit for a log line. */
final class Words {

    private Words() {}

    /** One line, at most {@code longest} characters, cut with an ellipsis. */
    static String brief(String text, int longest) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), longest) + 1);
        for (int i = 0; i < text.length(); i++) {
            if (i == longest) {
                return out.append('…').toString();
            }
            char c = text.charAt(i);
            out.append(Character.isISOControl(c) ? ' ' : c);
        }
        return out.toString();
    }
}
