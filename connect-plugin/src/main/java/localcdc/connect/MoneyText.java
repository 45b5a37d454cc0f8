package localcdc.connect;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** money as Postgres prints it with lc_monetary=C: {@code -$1,234.50}. Stateless. */
final class MoneyText {

    private static final int GROUP = 3;

    private MoneyText() {}

    static String of(BigDecimal amount) {
        var digits = amount.abs().setScale(2, RoundingMode.UNNECESSARY).toPlainString();
        var text = new StringBuilder(amount.signum() < 0 ? "-$" : "$");
        var whole = digits.length() - 3;
        for (int i = 0; i < digits.length(); i++) {
            if (i > 0 && i < whole && (whole - i) % GROUP == 0) {
                text.append(',');
            }
            text.append(digits.charAt(i));
        }
        return text.toString();
    }
}
